/** 8-bit grey samples, row by row. */
export interface Grey {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Side of the squares whose mean is the local background, as a shift: 32 pixels. */
const BLOCK_SHIFT = 5;
const INK_BELOW_MEAN = 20;
/** More points make it slower, not better. */
const MAX_POINTS = 60_000;
const MIN_POINTS = 200;
const COARSE = 0.5;
/** 20° to either side. */
const STEPS = 40;
/** Real pages peak at 20-70 times the ordinary value, pictures at 3-5, pages turned by 25° or more at 1-3. */
const CLEAR_PEAK = 8;

/**
 * Degrees by which the lines of text are turned clockwise, by the sharpness of the horizontal projection over angles
 * (0.5° steps over ±20°, then 0.1° and 0.02°; about 30 ms on a 620-pixel thumbnail). 0 when nothing is sure: a page
 * without text, a picture, or a turn of 20° and more.
 */
export function skewOf(image: Grey): number {
  const points = inkPoints(image);
  if (points.x.length < MIN_POINTS) return 0;
  const sharpness = projection(points, image);
  const coarse = Array.from({ length: 2 * STEPS + 1 }, (_, i) => sharpness((i - STEPS) * COARSE));
  const peak = coarse.indexOf(Math.max(...coarse));
  // At the edge the true angle may lie outside.
  if (peak === 0 || peak === 2 * STEPS) return 0;
  let best = climb(sharpness, (peak - STEPS) * COARSE, 0.5, 0.1);
  best = climb(sharpness, best, 0.1, 0.02);
  // A picture, or lines steeper than the search, gives no clear peak: leave such pages as they are.
  const ordinary = coarse.toSorted((a, b) => a - b)[STEPS] ?? 0;
  return sharpness(best) >= ordinary * CLEAR_PEAK ? Math.round(best * 100) / 100 : 0;
}

function climb(sharpness: (angle: number) => number, centre: number, reach: number, step: number): number {
  let best = centre;
  let highest = sharpness(best);
  const steps = Math.round(reach / step);
  for (let i = -steps; i <= steps; i++) {
    const value = sharpness(centre + i * step);
    if (value > highest) [best, highest] = [centre + i * step, value];
  }
  return best;
}

/** Sum of squared steps between neighbouring rows after shearing by the angle; peaks when rows follow the lines. */
function projection(points: Points, image: Grey): (angle: number) => number {
  // tan 20° = 0.364: a sheared point moves at most that share of the width up or down.
  const margin = Math.ceil(image.width * 0.37) + 1;
  const rows = new Int32Array(image.height + 2 * margin);
  return (angle) => {
    rows.fill(0);
    const slope = Math.round(Math.tan((angle * Math.PI) / 180) * 65536);
    const { x, y } = points;
    for (let i = 0; i < x.length; i++) {
      const row = (y[i] ?? 0) - (((x[i] ?? 0) * slope) >> 16) + margin;
      rows[row] = (rows[row] ?? 0) + 1;
    }
    let energy = 0;
    for (let i = 1; i < rows.length; i++) energy += ((rows[i] ?? 0) - (rows[i - 1] ?? 0)) ** 2;
    return energy;
  };
}

interface Points {
  readonly x: Int32Array;
  readonly y: Int32Array;
}

/** Pixels clearly darker than the mean of their block, without the outer 2 % where scanners leave black borders. */
function inkPoints({ data, width, height }: Grey): Points {
  const mean = blockMeans({ data, width, height });
  const across = ((width - 1) >> BLOCK_SHIFT) + 1;
  const [left, top] = [Math.ceil(width * 0.02), Math.ceil(height * 0.02)];
  const x: number[] = [];
  const y: number[] = [];
  for (let row = top; row < height - top; row++)
    for (let column = left; column < width - left; column++) {
      const local = mean[(row >> BLOCK_SHIFT) * across + (column >> BLOCK_SHIFT)] ?? 0;
      if ((data[row * width + column] ?? 255) >= local - INK_BELOW_MEAN) continue;
      x.push(column);
      y.push(row);
    }
  const every = Math.max(1, Math.ceil(x.length / MAX_POINTS));
  const thin = (values: number[]) => Int32Array.from(values.filter((_, i) => i % every === 0));
  return { x: thin(x), y: thin(y) };
}

function blockMeans({ data, width, height }: Grey): Float64Array {
  const across = ((width - 1) >> BLOCK_SHIFT) + 1;
  const down = ((height - 1) >> BLOCK_SHIFT) + 1;
  const sum = new Float64Array(across * down);
  const count = new Float64Array(across * down);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const block = (y >> BLOCK_SHIFT) * across + (x >> BLOCK_SHIFT);
      sum[block] = (sum[block] ?? 0) + (data[y * width + x] ?? 0);
      count[block] = (count[block] ?? 0) + 1;
    }
  return sum.map((value, i) => value / (count[i] ?? 1));
}
