const collator = new Intl.Collator("vi", { numeric: true });

/** Order people expect of names: `trang2` before `trang10`; equal-looking names keep one fixed order. */
export function naturalOrder(left: string, right: string): number {
  const order = collator.compare(left.normalize("NFC"), right.normalize("NFC"));
  if (order !== 0) return order;
  return left < right ? -1 : Number(left > right);
}
