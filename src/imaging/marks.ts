/** A connected lump of ink: its box (inclusive) and number of pixels. */
export interface Mark {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly area: number;
}

/** Connected marks (8 neighbours) of a 0/1 mask one after the other, by flood fill. Clears the mask as it goes. */
export function* marksOf(mask: Uint8Array, width: number, height: number): Generator<Mark> {
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  const stack: number[] = [];
  for (let start = mask.indexOf(1); start >= 0; start = mask.indexOf(1, start + 1))
    yield markAt(start, mask, [width, height], { stack, around });
}

function markAt(
  start: number,
  mask: Uint8Array,
  [width, height]: readonly [number, number],
  { stack, around }: { readonly stack: number[]; readonly around: readonly number[] },
): Mark {
  const mark = { left: width, top: height, right: 0, bottom: 0, area: 0 };
  mask[start] = 0;
  stack.push(start);
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const y = Math.floor(at / width);
    const x = at - y * width;
    mark.area += 1;
    mark.left = Math.min(mark.left, x);
    mark.right = Math.max(mark.right, x);
    mark.top = Math.min(mark.top, y);
    mark.bottom = Math.max(mark.bottom, y);
    for (const step of around) {
      if (mask[at + step] !== 1) continue;
      mask[at + step] = 0;
      stack.push(at + step);
    }
  }
  return mark;
}
