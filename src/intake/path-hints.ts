import { basename, extname } from "node:path";
import { findDossierCodes } from "../domain/codes.ts";
import type { LinkHint, Role } from "../domain/document.ts";
import type { CodeGrammar } from "../domain/rules.ts";

/**
 * Dossier codes in a file's name and the folders above it, nearest first, each code once; all of them, so that
 * `link` sees when they disagree.
 * @param parts names from the outermost folder to the file
 */
export function pathHints(parts: readonly string[], grammar: CodeGrammar, today: string): LinkHint[] {
  const hints = new Map<string, LinkHint>();
  for (const [distance, text] of parts.toReversed().entries()) {
    for (const code of findDossierCodes(text, grammar, today)) {
      if (!hints.has(code)) hints.set(code, { code, from: distance === 0 ? "file" : "folder", text });
    }
  }
  return [...hints.values()];
}

/** The same for papers whose two sides lie apart: sides filed under two dossiers must not pass as one paper. */
export function sidesHints(
  sides: readonly (readonly string[])[],
  grammar: CodeGrammar,
  today: string,
): LinkHint[] {
  const hints = sides.flatMap((parts) => pathHints(parts, grammar, today));
  return hints.filter(({ code }, at) => hints.findIndex((hint) => hint.code === code) === at);
}

const RESULT = /^(?:ket ?qua|kq|results?)(?: |$)/u;
const COMPONENT = /^(?:thanh ?phan|tphs|components?)(?: |$)/u;

/**
 * What a name says of the paper's role, nearest name first: `Kết quả`, `KQ`, `result`, or `Thành phần`, `TPHS`,
 * `component` at its beginning, dossier codes not counted. Nothing said means component: what citizens hand in.
 */
export function pathRole(parts: readonly string[], grammar: CodeGrammar): Role {
  const [file = "", ...folders] = parts.toReversed();
  for (const name of [basename(file, extname(file)), ...folders]) {
    const words = plainWords(name, grammar);
    if (RESULT.test(words)) return "result";
    if (COMPONENT.test(words)) return "component";
  }
  return "component";
}

function plainWords(name: string, grammar: CodeGrammar): string {
  const upper = name.normalize("NFC").toUpperCase();
  const rest = upper.replaceAll(new RegExp(grammar.dossierInText, "gu"), " ");
  const plain = rest
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[ĐÐ]/gu, "D")
    .toLowerCase();
  return plain.replaceAll(/[-_.()\s]+/gu, " ").trim();
}
