//! Many independent questions at once, but not all of them.

use std::future::Future;

use tokio::task::JoinSet;

/// So many questions of one sort are under way at once. AWS's rates are the
/// pacer's business; this bounds memory and open connections.
pub const WIDTH: usize = 8;

/// Runs the futures, at most [`WIDTH`] at once, and gives their results in the
/// order of the futures.
pub async fn fan_out<T, Fut>(futures: Vec<Fut>) -> Vec<T>
where
    T: Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    let mut waiting = futures.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut results = Vec::new();
    loop {
        while running.len() < WIDTH {
            let Some((index, future)) = waiting.next() else { break };
            running.spawn(async move { (index, future.await) });
        }
        match running.join_next().await {
            None => break,
            Some(Ok(done)) => results.push(done),
            // Nobody aborts these tasks, so a failed join is a panic to pass on.
            Some(Err(error)) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn results_keep_their_order_and_no_more_than_the_width_run_at_once() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let futures = (0..20u64).map(|n| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(100 - n)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                n
            }
        });
        assert_eq!(fan_out(futures.collect()).await, (0..20).collect::<Vec<u64>>());
        assert_eq!(most.load(Ordering::SeqCst), WIDTH);
    }
}
