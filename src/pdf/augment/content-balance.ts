import type { Budget } from "../../pdf-syntax/budget.ts";
import { PdfDamage } from "../../pdf-syntax/damage.ts";
import { createLexer } from "../../pdf-syntax/lexer.ts";
import type { PdfObject } from "../../pdf-syntax/objects.ts";
import { parseOperation } from "../../pdf-syntax/parser.ts";
import { skipInline } from "../pages/content.ts";

export interface Balance {
  /** `Q` without a `q` before it: so many must be laid before the content. */
  readonly before: number;
  /** `q` without a `Q` after it: so many must be closed behind the content. */
  readonly after: number;
  /** The content ends inside a text object. */
  readonly inText: boolean;
}

/** Real pages nest some ten levels; closing thousands would only make the page worse. */
const MAX_LEVELS = 256;

/** What a page's content leaves open: what is drawn behind it would else stand under its last matrix or clip. */
export function contentBalance(bytes: Buffer, budget: Budget): Balance {
  const lexer = createLexer(bytes);
  const operands: PdfObject[] = [];
  let [depth, before, inText] = [0, 0, false];
  for (
    let step = parseOperation(lexer, operands);
    step !== undefined;
    step = parseOperation(lexer, operands)
  ) {
    budget.spend();
    if (step.operator === "q") depth += 1;
    else if (step.operator === "Q" && depth === 0) before += 1;
    else if (step.operator === "Q") depth -= 1;
    else if (step.operator === "BT") inText = true;
    else if (step.operator === "ET") inText = false;
    else if (step.operator === "BI") skipInline(lexer);
  }
  if (before > MAX_LEVELS || depth > MAX_LEVELS) throw new PdfDamage("graphics states left open");
  return { before, after: depth, inText };
}
