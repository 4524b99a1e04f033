/** Long work in pieces, so that the page stays answerable while it is done. */

const LONGEST = 10;
const yielded: () => Promise<void> =
  typeof scheduler !== "undefined" && "yield" in scheduler ? () => scheduler.yield() : () => new Promise((done) => setTimeout(done));

/** Return a pause to be awaited between steps; it lets the browser on once some milliseconds have gone by. */
export function breathing(longest = LONGEST): () => Promise<void> | void {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longest) return;
    return yielded().then(() => {
      since = performance.now();
    });
  };
}
