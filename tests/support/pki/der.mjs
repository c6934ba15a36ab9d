/** Content range and end of the DER element at `at`: enough to walk to a field and change it in place. */
export function element(der, at) {
  const first = der[at + 1];
  const size = first < 0x80 ? 0 : first & 0x7f;
  const length = size === 0 ? first : der.readUIntBE(at + 2, size);
  const start = at + 2 + size;
  return { tag: der[at], at, start, end: start + length };
}

/** The elements inside the one at `at`, in order. */
export function inside(der, at) {
  const { start, end } = element(der, at);
  const found = [];
  for (let here = start; here < end; here = found.at(-1).end) found.push(element(der, here));
  return found;
}

/** An element of the tag and content given. */
export function encode(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = Buffer.from(
    length.toString(16).padStart(length > 0xff ? (length > 0xffff ? 6 : 4) : 2, "0"),
    "hex",
  );
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content]);
}

/** GeneralizedTime, seconds, Z. */
export function generalizedTime(date) {
  return Buffer.from(`${date.toISOString().slice(0, 19).replaceAll(/[-:T]/gu, "")}Z`, "latin1");
}
