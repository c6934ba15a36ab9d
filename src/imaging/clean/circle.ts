export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Root mean square distance of the points from it. */
  readonly error: number;
}

/** The circle nearest to some points, by least squares (Kåsa); undefined when they lie on a line. */
export function circleThrough(xs: readonly number[], ys: readonly number[]): Circle | undefined {
  const n = xs.length;
  if (n < 6) return undefined;
  const [mx, my] = [mean(xs), mean(ys)];
  let [xx, xy, yy, xz, yz, zz] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [(xs[i] ?? 0) - mx, (ys[i] ?? 0) - my];
    const z = x * x + y * y;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xz += x * z;
    yz += y * z;
    zz += z;
  }
  const determinant = xx * yy - xy * xy;
  if (determinant < 1e-6 * zz * zz) return undefined;
  const x = (xz * yy - yz * xy) / (2 * determinant);
  const y = (yz * xx - xz * xy) / (2 * determinant);
  const radius = Math.sqrt(x * x + y * y + zz / n);
  const off = xs.map((value, i) => (Math.hypot(value - mx - x, (ys[i] ?? 0) - my - y) - radius) ** 2);
  return { x: x + mx, y: y + my, radius, error: Math.sqrt(mean(off)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
