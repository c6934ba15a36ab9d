/** Lowest, then highest value of every window: what stands out for less than `window` places is cut away. */
export function opened(values: Uint16Array, window: number): Uint16Array {
  return extreme(extreme(values, window, -1), window, 1);
}

/** Highest value of every window. */
export function widened(values: Uint16Array, window: number): Uint16Array {
  return extreme(values, window, 1);
}

/** Running minimum (`sign` −1) or maximum (1) of an odd window about each place, in one pass with a queue. */
function extreme(values: Uint16Array, window: number, sign: 1 | -1): Uint16Array {
  const half = Math.max(0, Math.floor(window / 2));
  const out = new Uint16Array(values.length);
  const queue: number[] = [];
  const rank = (i: number): number => sign * (values[i] ?? 0);
  let head = 0;
  for (let i = 0; i < values.length + half; i++) {
    if (i < values.length) {
      while (queue.length > head && rank(queue[queue.length - 1] ?? 0) <= rank(i)) queue.pop();
      queue.push(i);
    }
    const centre = i - half;
    if (centre < 0) continue;
    while ((queue[head] ?? 0) < centre - half) head += 1;
    out[centre] = values[queue[head] ?? 0] ?? 0;
  }
  return out;
}
