/** Work that may wait, one piece a task: between two pieces the browser can paint and answer. */

const waiting: (() => void)[] = [];
let running = false;

function next(): void {
  const piece = waiting.shift();
  running = piece !== undefined;
  if (!piece) return;
  setTimeout(next);
  piece();
}

/** Do something in a later task, after what was asked for before; returns what takes it back. */
export function turn(piece: () => void): () => void {
  waiting.push(piece);
  if (!running) {
    running = true;
    setTimeout(next);
  }
  return () => {
    const at = waiting.indexOf(piece);
    if (at >= 0) waiting.splice(at, 1);
  };
}
