"use strict";
// Folds, filters and points; everything on the page is there without it.
(() => {
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const changes = document.getElementById("changes");

  const filter = document.getElementById("filter");
  if (filter && changes) {
    const found = document.getElementById("found");
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const entry of all("details.entry", changes)) {
        const text = entry.textContent.toLowerCase();
        const shown = words.every((word) => text.includes(word));
        entry.classList.toggle("hidden", !shown);
        count += shown ? 1 : 0;
      }
      for (const chapter of all(".chapter", changes)) {
        chapter.classList.toggle("hidden", !chapter.querySelector("details.entry:not(.hidden)"));
      }
      found.textContent = words.length ? `${count} changes` : "";
    });
  }

  for (const button of all("button[data-open]")) {
    button.addEventListener("click", () => {
      const open = button.dataset.open === "true";
      for (const entry of all("details.entry:not(.hidden)", changes)) entry.open = open;
    });
  }

  // A link into something folded opens it.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  // On paper everything is open.
  let before = [];
  addEventListener("beforeprint", () => {
    before = all("details:not([open])").filter((one) => !one.classList.contains("steps"));
    for (const one of before) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of before) one.open = false; before = []; });

  for (const graph of all("svg.graph")) {
    const nodes = all(".node", graph);
    const edges = all(".edge", graph);
    const pointed = document.getElementById("pointed");
    const said = pointed.textContent;
    const walk = (start, from, to) => {
      const seen = new Set([start]);
      const waiting = [start];
      while (waiting.length) {
        const at = waiting.pop();
        for (const edge of edges) {
          if (edge.dataset[from] === at && !seen.has(edge.dataset[to])) {
            seen.add(edge.dataset[to]);
            waiting.push(edge.dataset[to]);
          }
        }
      }
      return seen;
    };
    const point = (node) => {
      const needs = walk(node.dataset.node, "to", "from");
      const followers = walk(node.dataset.node, "from", "to");
      const near = new Set([...needs, ...followers]);
      graph.classList.add("pointing");
      for (const other of nodes) other.classList.toggle("near", near.has(other.dataset.node));
      for (const edge of edges) {
        const { from, to } = edge.dataset;
        const before = needs.has(from) && needs.has(to);
        const behind = followers.has(from) && followers.has(to);
        edge.classList.toggle("near", before || behind);
      }
      const title = node.querySelector("title").textContent;
      pointed.textContent = `${title}. It waits for ${needs.size - 1} boxes; ${followers.size - 1} wait for it.`;
    };
    const away = () => { graph.classList.remove("pointing"); pointed.textContent = said; };
    // The longest chain is what there is to see first.
    const first = graph.querySelector(".node.critical");
    const frame = graph.closest(".scroll");
    if (first && frame) {
      const [box, around] = [first.getBoundingClientRect(), frame.getBoundingClientRect()];
      frame.scrollLeft += box.left + box.width / 2 - (around.left + around.width / 2);
    }
    let held = null;
    for (const node of nodes) {
      node.addEventListener("mouseenter", () => held || point(node));
      node.addEventListener("mouseleave", () => held || away());
      node.addEventListener("focus", () => point(node));
      node.addEventListener("blur", () => { held = null; away(); });
      node.addEventListener("click", () => { held = held === node ? null : node; if (held) point(node); });
      node.addEventListener("keydown", (event) => { if (event.key === "Escape") node.blur(); });
    }
  }
})();
