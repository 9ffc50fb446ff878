"""Clicks through the pages that lzctl writes, in Chromium, for 3 and for 300 accounts.

A page passes when the browser's console stays silent, nothing is fetched, everything that
opens does open, filter, links and the graph work by mouse and by keyboard, text stands out
from its ground in light and in dark, nothing runs out of a wide or a narrow window, and it
prints. Screenshots are left for people to look at.
"""

import argparse
import base64
import json
import pathlib
import subprocess
import tempfile

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run "
    "--disable-component-update --disable-sync --hide-scrollbars"
).split()

# Contrast of each text with the ground it stands on (WCAG 2.2, 1.4.3), for what is shown.
CONTRAST = """
const channel = (c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
const ground = (at) => { for (; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255]; };
const bad = [];
for (const at of document.querySelectorAll("body *")) {
  if (at.closest("svg") || !at.checkVisibility() || !Array.from(at.childNodes).some((n) => n.nodeType === 3 && n.data.trim())) continue;
  const [one, two] = [light(parse(getComputedStyle(at).color)), light(ground(at))];
  const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  if (ratio < 4.5) bad.push(`${at.tagName}.${at.className} ${ratio.toFixed(2)}: ${at.textContent.slice(0, 40)}`);
}
return bad.slice(0, 10);
"""


def document(accounts):
    units = "".join(f"  Workloads/Team{n:02d}: {{ baselines: [control_tower] }}\n" for n in range(max(1, accounts // 8)))
    lines = "".join(
        f"  app{n:03d}: {{ email: app{n:03d}@example.com, organizational_unit: Workloads/Team{n % max(1, accounts // 8):02d} }}\n"
        for n in range(accounts - 2)
    )
    return f"""version: 1
organization:
  home_region: us-east-1
  governed_regions: [us-east-1, eu-west-1, ap-northeast-1]
organizational_units:
  Security: {{}}
  Workloads: {{ baselines: [control_tower] }}
{units}accounts:
  log-archive: {{ email: logs@example.com, organizational_unit: Security }}
  audit: {{ email: audit@example.com, organizational_unit: Security }}
{lines}landing_zone:
  version: "4.0"
  integration_unit: Security
  centralized_logging: {{ account: log-archive, retention_days: 365 }}
  config: {{ account: audit }}
  security_roles: {{ account: audit }}
  identity_center: true
policies:
  "no <b>markup</b>":
    type: service_control
    description: Its name is no markup
    targets: [Workloads]
    document: {{ Version: "2012-10-17", Statement: [{{ Sid: NoLeave, Effect: Deny, Action: "organizations:LeaveOrganization", Resource: "*" }}] }}
security:
  guardduty: {{ administrator: audit, features: [s3_data_events] }}
"""


# A world in which the address of an account is that of an account elsewhere, so that a run fails.
TAKEN = {
    "account": "111122223333",
    "region": "us-east-1",
    "time": "2026-03-01T00:00:00Z",
    "past": {
        "account_quota": 400,
        "elsewhere": [
            {"id": "444455556666", "name": "x", "email": "app000@example.com", "organization_of": "999988887777", "days": 400}
        ],
    },
}


def changed(text):
    """A document that takes something away and changes something."""
    text = text.replace("retention_days: 365", "retention_days: 400").replace("NoLeave, Effect", "NeverLeave, Effect")
    text = text.replace("    targets: [Workloads]", "    targets: [Workloads/Team00]")
    return text


class Pages:
    """Pages as lzctl writes them, in a folder of their own."""

    def __init__(self, lzctl, folder):
        self.lzctl, self.folder = pathlib.Path(lzctl).resolve(), pathlib.Path(folder)

    def lzctl_writes(self, command, name, world, *more, code=0):
        page = self.folder / f"{name}.html"
        args = [self.lzctl, *command.split(), "--simulate", world, "--html", page, *more]
        done = subprocess.run(args, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == code, f"{args}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        assert "could not be read" not in done.stdout, f"{args}: {done.stdout[-2000:]}"
        return page

    def all(self, accounts):
        (self.folder / f"lz{accounts}.yaml").write_text(document(accounts))
        (self.folder / f"lz{accounts}b.yaml").write_text(changed(document(accounts)))
        one, two, world = f"lz{accounts}.yaml", f"lz{accounts}b.yaml", f"w{accounts}.json"
        yield self.lzctl_writes(f"plan {one}", f"plan-{accounts}", world)
        yield self.lzctl_writes(f"apply {one} --yes", f"apply-{accounts}", world)
        yield self.lzctl_writes(f"plan {two}", f"change-{accounts}", world)
        yield self.lzctl_writes(f"coverage {two}", f"coverage-{accounts}", world, "--frameworks")
        (self.folder / f"taken{accounts}.json").write_text(json.dumps(TAKEN))
        yield self.lzctl_writes(f"apply {one} --yes", f"failed-{accounts}", f"taken{accounts}.json", code=5)


def browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in [*FLAGS, f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService("/usr/bin/chromedriver")
    return webdriver.Chrome(options=options, service=service)


def silent(driver, page):
    """Nothing on the console, nothing fetched but the page itself."""
    spoken = driver.get_log("browser")
    assert not spoken, f"{page.name}: {spoken}"
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url, asker = message["params"]["request"]["url"], message["params"]["documentURL"]
            if not asker.startswith("file:"):
                continue  # The browser's own first tab.
            assert url.split("#")[0] == page.as_uri() or url.startswith("data:"), f"{page.name} fetched {url}"


def look(driver, name, shots, width, scheme):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    )
    over = driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{name} at {width}: {over} pixels too wide"
    bad = driver.execute_script(CONTRAST)
    assert not bad, f"{name} {scheme}: {bad}"
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": width > 600})
    (shots / f"{name}-{scheme}-{width}.png").write_bytes(base64.b64decode(shot["data"]))


def clicked(driver):
    """Every link of the navigation, every fold, the buttons, the filter, the graph."""
    links = driver.find_elements(By.CSS_SELECTOR, "nav a")
    assert links, "no navigation"
    for link in links:
        link.click()
        target = driver.find_element(By.ID, link.get_attribute("href").split("#")[1])
        assert abs(target.rect["y"] - driver.execute_script("return scrollY")) < 400 or driver.execute_script(
            "return scrollY + innerHeight >= document.documentElement.scrollHeight - 2"
        ), link.text
    folds = driver.find_elements(By.CSS_SELECTOR, "main details > summary")
    for fold in folds[:40]:
        if fold.is_displayed():
            driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", fold)
            before = driver.execute_script("return arguments[0].parentElement.open", fold)
            fold.click()
            assert driver.execute_script("return arguments[0].parentElement.open", fold) != before, fold.text
    filters(driver)
    graph(driver)
    for pill in driver.find_elements(By.CSS_SELECTOR, ".matrix a.pill")[:3]:
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", pill)
        pill.click()
        fold = driver.find_element(By.ID, pill.get_attribute("href").split("#")[1])
        assert fold.get_attribute("open") is not None, "a link into a fold opens it"


def filters(driver):
    found = driver.find_elements(By.ID, "filter")
    if not found:
        return
    shown = lambda: len([e for e in driver.find_elements(By.CSS_SELECTOR, "#changes details.entry") if e.is_displayed()])
    whole = shown()
    titles = driver.find_elements(By.CSS_SELECTOR, "#changes details.entry .title")
    if not titles:
        return
    found[0].send_keys(titles[-1].text.split()[0])
    assert 0 < shown() <= whole, "the filter leaves what fits"
    found[0].send_keys("nothing-has-this-name")
    assert shown() == 0
    found[0].send_keys(Keys.CONTROL, "a")
    found[0].send_keys(Keys.DELETE)
    assert shown() == whole
    for word, state in [("true", True), ("false", False)]:
        driver.find_element(By.CSS_SELECTOR, f"button[data-open={word}]").click()
        opened = driver.execute_script("return [...document.querySelectorAll('#changes details.entry')].map((e) => e.open)")
        assert all(one == state for one in opened)


def graph(driver):
    nodes = driver.find_elements(By.CSS_SELECTOR, "svg.graph .node")
    if not nodes:
        return
    assert driver.find_elements(By.CSS_SELECTOR, "svg.graph .node.critical"), "the longest chain is marked"
    before = driver.find_element(By.ID, "pointed").text
    driver.execute_script("arguments[0].focus()", nodes[-1])
    assert driver.find_element(By.ID, "pointed").text != before, "a box says what it waits for"
    assert driver.find_elements(By.CSS_SELECTOR, "svg.graph.pointing")
    driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not driver.find_elements(By.CSS_SELECTOR, "svg.graph.pointing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lzctl", required=True)
    parser.add_argument("--shots", required=True)
    args = parser.parse_args()
    shots = pathlib.Path(args.shots)
    shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as profile:
        driver = browser(profile)
        try:
            for accounts in (3, 300):
                for page in Pages(args.lzctl, folder).all(accounts):
                    driver.get(page.as_uri())
                    assert len(driver.find_elements(By.TAG_NAME, "h1")) == 1
                    for width, scheme in [(1280, "light"), (1280, "dark"), (420, "light")]:
                        look(driver, page.stem, shots, width, scheme)
                    look(driver, page.stem, shots, 1280, "light")
                    clicked(driver)
                    look(driver, f"{page.stem}-opened", shots, 1280, "light")
                    printed = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
                    assert len(printed["data"]) > 10_000, "it prints"
                    silent(driver, page)
                    print(f"ok {page.name}, {page.stat().st_size // 1024} KiB", flush=True)
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
