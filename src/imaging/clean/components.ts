/** Marks that hang together, with the places of their pixels in `order[from..to)`. */
export interface Component {
  readonly x0: number;
  readonly y0: number;
  /** Excluding. */
  readonly x1: number;
  readonly y1: number;
  readonly from: number;
  readonly to: number;
}

export interface Components {
  readonly list: readonly Component[];
  readonly order: Uint32Array;
}

/**
 * Connected marks (8 neighbours) of a mask whose ink is 1; the mask is cleared. Its outermost pixels are left out, so that
 * neighbours need no bounds. 8.7 million pixels with 5 % ink: 35 ms.
 */
export function componentsOf(mask: Uint8Array, width: number, height: number): Components {
  clearRim(mask, width, height);
  let ink = 0;
  for (let i = 0; i < mask.length; i++) ink += mask[i] ?? 0;
  const order = new Uint32Array(ink);
  const list: Component[] = [];
  let end = 0;
  for (let start = mask.indexOf(1); start >= 0; start = mask.indexOf(1, start + 1)) {
    const from = end;
    end = collect(mask, width, start, order, from);
    list.push(boxed(order, width, from, end));
  }
  return { list, order };
}

function clearRim(mask: Uint8Array, width: number, height: number): void {
  mask.fill(0, 0, width);
  mask.fill(0, (height - 1) * width);
  for (let y = 0; y < height; y++) {
    mask[y * width] = 0;
    mask[(y + 1) * width - 1] = 0;
  }
}

/** Takes all that hangs together with `start` out of the mask; the list of what was found is the queue as well. */
function collect(mask: Uint8Array, width: number, start: number, order: Uint32Array, from: number): number {
  const steps = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  let end = from;
  order[end++] = start;
  mask[start] = 0;
  for (let i = from; i < end; i++) {
    const at = order[i] ?? 0;
    for (let k = 0; k < 8; k++) {
      const next = at + (steps[k] ?? 0);
      if (mask[next] !== 1) continue;
      mask[next] = 0;
      order[end++] = next;
    }
  }
  return end;
}

function boxed(order: Uint32Array, width: number, from: number, to: number): Component {
  let [x0, y0, x1, y1] = [width, Infinity, 0, 0];
  for (let i = from; i < to; i++) {
    const at = order[i] ?? 0;
    const x = at % width;
    const y = (at - x) / width;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return { x0, y0, x1: x1 + 1, y1: y1 + 1, from, to };
}
