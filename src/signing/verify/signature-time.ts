import type { ReadCms } from "../cms/cms-reader.ts";

const PDF_DATE =
  /D:(?<y>\d{4})(?<mo>\d\d)?(?<d>\d\d)?(?<h>\d\d)?(?<mi>\d\d)?(?<s>\d\d)?(?:(?<utc>Z)|(?<sign>[+-])(?<zh>\d\d)'?(?<zm>\d\d)?)?/u;

/** Claimed time of a signature in ISO 8601: time stamp, else signing-time attribute, else /M; a claim, no proof. */
export function signedAt(date: string, cms: ReadCms | undefined): string | undefined {
  const stated = cms?.timeStamp?.at ?? cms?.signingTime;
  if (stated !== undefined) return stated.toISOString().replace(".000Z", "Z");
  return pdfDate(date);
}

/** ISO 8601 of a PDF date (ISO 32000-1 §7.9.4); a date without a zone stays without one. */
export function pdfDate(text: string): string | undefined {
  const parts = PDF_DATE.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { y = "", mo = "01", d = "01", h = "00", mi = "00", s = "00", utc, sign, zh, zm = "00" } = parts;
  const zone = sign === undefined ? "" : `${sign}${zh}:${zm}`;
  return `${y}-${mo}-${d}T${h}:${mi}:${s}${utc ?? zone}`;
}
