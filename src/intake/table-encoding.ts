import { createReadStream } from "node:fs";
import iconv from "iconv-lite";
import { OperationalError } from "../domain/errors.ts";

/** Encodings of Vietnamese office software before Unicode; none of them says so in the file. */
const OLD_ENCODINGS = ["windows-1258", "tcvn", "viscii", "windows-1252"] as const;

const SAVE_AS = "save it as CSV UTF-8";

/**
 * Finds how a table's text is encoded: byte order mark, then UTF-8 checked over the whole file, then the old
 * encoding whose reading shows the most known header words, then the most words that can be Vietnamese.
 * @param head first bytes of the file
 * @param words header words the caller knows
 * @throws `table_encoding` for Excel and other binary files, and when two readings are equally good
 */
export async function tableEncoding(path: string, head: Buffer, words: readonly string[]): Promise<string> {
  refuseWorkbook(head);
  const marked = byteOrderMark(head) ?? widthOfNulls(head);
  if (marked !== undefined) return marked;
  if (head.includes(0))
    throw new OperationalError("table_encoding", `không phải tệp văn bản / not a text file; ${SAVE_AS}`);
  return (await isUtf8(path)) ? "utf-8" : oldEncoding(head, words);
}

/** A name a person wrote (`TCVN3`, `UTF8`) as the decoder knows it; throws `table_encoding`. */
export function namedEncoding(name: string): string {
  const known = /^(?:tcvn[-_ ]?3?|abc)$/iu.test(name.trim()) ? "tcvn" : name.trim();
  if (iconv.encodingExists(known)) return known;
  throw new OperationalError("table_encoding", "không có bảng mã này / unknown encoding name");
}

export interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
}

/** Decodes piece by piece and drops a byte order mark. */
export function newDecoder(encoding: string): Decoder {
  const decoder = iconv.getDecoder(encoding);
  return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() ?? "" };
}

function refuseWorkbook(head: Buffer): void {
  const zip = head.subarray(0, 4).toString("latin1") === "PK\u0003\u0004";
  const ole = head.subarray(0, 4).toString("hex") === "d0cf11e0";
  if (zip || ole)
    throw new OperationalError(
      "table_encoding",
      `là tệp Excel hoặc ZIP, hãy lưu thành CSV UTF-8 / an Excel or ZIP file, not CSV; ${SAVE_AS}`,
    );
}

function byteOrderMark(head: Buffer): string | undefined {
  if (head.subarray(0, 3).toString("hex") === "efbbbf") return "utf-8";
  const first = head.subarray(0, 2).toString("hex");
  if (first === "fffe") return "utf-16le";
  return first === "feff" ? "utf-16be" : undefined;
}

/** UTF-16 without a mark: delimiters and digits leave zero bytes on one side only. */
function widthOfNulls(head: Buffer): string | undefined {
  const nulls = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) nulls[index % 2] = (nulls[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nulls;
  if (even + odd < head.length / 10) return undefined;
  if (even === 0) return "utf-16le";
  return odd === 0 ? "utf-16be" : undefined;
}

async function isUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const stream = createReadStream(path);
  try {
    for await (const chunk of stream) decoder.decode(chunk as Buffer, { stream: true });
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  } finally {
    stream.destroy();
  }
}

function oldEncoding(head: Buffer, words: readonly string[]): string {
  const known = new Set(words.map(wordKey));
  const ranked = OLD_ENCODINGS.map((encoding) => {
    const text = iconv.decode(head, encoding).normalize("NFC");
    return { encoding, header: headerScore(text, known), body: vietnameseShare(text) };
  }).toSorted((a, b) => b.header - a.header || b.body - a.body);
  const [best, second] = ranked;
  const clear = best !== undefined && (best.header !== second?.header || best.body !== second.body);
  if (clear && (best.header > 0 || best.body >= 0.5)) return best.encoding;
  throw new OperationalError(
    "table_encoding",
    "không rõ bảng mã tiếng Việt nào, hãy thêm --encoding / neither Unicode nor one clear Vietnamese encoding",
  );
}

/** With tone marks, for they are what the encodings disagree about; plain ASCII words prove nothing. */
function headerScore(text: string, known: ReadonlySet<string>): number {
  const [header = ""] = text.split(/\r\n|[\r\n]/u).filter((line) => !/^sep=/iu.test(line));
  const cells = header.split(/[;,\t|]/u).map(wordKey);
  return cells.filter((cell) => /[^\x20-\x7e]/u.test(cell) && known.has(cell)).length;
}

function wordKey(text: string): string {
  const plain = text.normalize("NFC").replaceAll("Ð", "Đ").toLowerCase();
  return plain
    .replaceAll(/["()]/gu, "")
    .replaceAll(/[\s_]+/gu, " ")
    .trim();
}

const SYLLABLE = /^[bcdđghklmnpqrstvx]{0,3}[aăâeêioôơuưy]{1,3}[cghmnpt]{0,2}$/u;
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;

/** Share (0..1) of the words with non-ASCII letters that are built like one Vietnamese syllable. */
function vietnameseShare(text: string): number {
  const words = [...text.matchAll(/[^\s\x21-\x40\x5b-\x60\x7b-\x7e]+/gu)].map(([word]) => word);
  const telling = words.filter((word) => /[^\x20-\x7e]/u.test(word));
  return telling.length === 0 ? 0 : telling.filter(isSyllable).length / telling.length;
}

function isSyllable(word: string): boolean {
  if (/\p{Ll}\p{Lu}/u.test(word)) return false;
  const parts = word.toLowerCase().normalize("NFD");
  const toneless = parts.replaceAll(TONES, "").normalize("NFC");
  return (parts.match(TONES) ?? []).length <= 1 && SYLLABLE.test(toneless);
}
