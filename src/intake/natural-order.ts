const collator = new Intl.Collator("vi", { numeric: true });

/** The ending of a file's name, not the last part of `04-08-2026 10.15_1` or of a dossier code. */
const ENDING = /\.[a-z][a-z0-9]{0,4}$/iu;

/**
 * Order people expect of names: `trang2` before `trang10`, and `Scan.jpg` before `Scan (2).jpg`, for endings count
 * last; equal-looking names keep one fixed order.
 */
export function naturalOrder(left: string, right: string): number {
  const [a, b] = [left.normalize("NFC"), right.normalize("NFC")];
  const order = collator.compare(a.replace(ENDING, ""), b.replace(ENDING, "")) || collator.compare(a, b);
  if (order !== 0) return order;
  return left < right ? -1 : Number(left > right);
}
