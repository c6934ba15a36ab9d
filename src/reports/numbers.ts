/** `133.345`: Vietnamese thousands. Null prints as a dash. */
export function vietnameseCount(count: number | null): string {
  return count === null ? "—" : count.toFixed(0).replaceAll(/\B(?=(\d{3})+$)/gu, ".");
}

/** `98,1%`, `32,06%`: at most two decimals, none that are zero. */
export function vietnameseRate(rate: number | null): string {
  return rate === null ? "—" : `${String(Number(rate.toFixed(2))).replace(".", ",")}%`;
}

/** `32,06% (2.685/8.374)`: a rate is never shown without what it was divided by. */
export function vietnameseShare(rate: number | null, numerator: number, denominator: number | null): string {
  if (denominator === null) return vietnameseCount(numerator);
  return `${vietnameseRate(rate)} (${vietnameseCount(numerator)}/${vietnameseCount(denominator)})`;
}
