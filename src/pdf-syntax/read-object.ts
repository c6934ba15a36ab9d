import type { ByteSource } from "./byte-source.ts";
import { PdfDamage } from "./damage.ts";
import type { Lexer } from "./lexer.ts";
import { createLexer } from "./lexer.ts";

const FIRST_WINDOW = 4 * 1024;
/** One object's text (not its stream) above this is no paper but an attack. */
const MAX_OBJECT = 8 * 1024 * 1024;

/** Parses at a file offset with a growing window, so that small objects cost one small read. */
export function parseAt<T>(source: ByteSource, offset: number, parse: (lexer: Lexer) => T): T {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset >= source.size)
    throw new PdfDamage("an offset points outside the file");
  for (let window = FIRST_WINDOW; ; window *= 8) {
    const bytes = source.read(offset, window);
    const whole = offset + bytes.length >= source.size || window >= MAX_OBJECT;
    const lexer = createLexer(bytes);
    try {
      const result = parse(lexer);
      // A token that touches the window's end may go on behind it.
      if (whole || lexer.position < bytes.length - 2) return result;
    } catch (error) {
      if (whole || !(error instanceof PdfDamage)) throw error;
    }
  }
}
