import { availableParallelism } from "node:os";
import { z } from "zod";
import { CLEAN_STEPS } from "../domain/page-change.ts";

const name = z.string().min(1);
/** Labels with an archive serial number, as sold on rolls: each is stuck on the first page of a paper. */
const ARCHIVE_NUMBER = "^ASN[0-9]{2,8}$";

const pattern = name.refine(isPattern, "is no regular expression");
const optional = name.nullable().default(null);

/** zod's own httpUrl refuses 10.1.2.3 and names without a dot, as time-stamp servers of a province have them. */
const httpAddress = z.url({ protocol: /^https?$/u, error: "is not an http:// or https:// address" });

/** What `sohoa.yaml` may say after environment and flags were laid over it; paths still as written. */
export const SETTINGS_SCHEMA = z.strictObject({
  unit: optional,
  officer: optional,
  lang: z.enum(["vi", "en"]).default("vi"),
  profile: z.enum(["nd30", "archive", "compact"]).default("nd30"),
  jobs: z.int().min(1).max(256).default(availableParallelism()),
  memory: z.int().min(256).default(1200),
  nice: z.boolean().default(true),
  ocr: z
    .strictObject({
      engine: z.enum(["auto", "tesseractjs", "tesseract"]).default("auto"),
      languages: z
        .array(z.string().regex(/^[a-z][a-z_]{2,20}$/u))
        .min(1)
        .default(["vie"]),
      tessdata: optional,
      minConfidence: z.number().min(0).max(1).default(0.6),
      secondLook: z.boolean().default(true),
      pageTimeout: z.number().min(1).max(3600).default(120),
    })
    .prefault({}),
  clean: z.array(z.enum(CLEAN_STEPS)).default([]),
  dropBlank: z.boolean().default(false),
  separators: z
    .strictObject({ codes: z.array(pattern).default([ARCHIVE_NUMBER]), keep: z.boolean().default(false) })
    .prefault({}),
  passwordFile: optional,
  signing: z
    .strictObject({
      key: optional,
      passphraseFile: optional,
      credential: optional,
      level: z.enum(["B-B", "B-T", "B-LT", "B-LTA"]).default("B-B"),
      padding: z.enum(["pkcs1", "pss"]).default("pkcs1"),
      digest: z.enum(["sha256", "sha384", "sha512"]).default("sha256"),
      appearance: z.enum(["tt01-scan", "nd30-copy", "archive", "none"]).default("tt01-scan"),
      copyForm: z.enum(["SAO Y", "SAO LỤC", "TRÍCH SAO"]).default("SAO Y"),
      seal: optional,
      tsa: z.array(httpAddress).default([]),
      trust: z.array(name).default([]),
      tlsRoots: z.array(name).default([]),
      revocation: z.enum(["off", "warn", "require"]).default("require"),
      timeout: z.number().min(1).max(300).default(20),
    })
    .prefault({}),
  export: z.array(z.enum(["hocr", "alto"])).default([]),
  targets: z.array(name).min(1, "names no target").default(["folder:./kho"]),
  allowTestSignature: z.boolean().default(false),
  requireRegister: z.boolean().default(false),
  strict: z.boolean().default(false),
  ledger: optional,
  queue: z.null("is not yet supported").default(null),
  objects: optional,
  retention: z.strictObject({ days: z.int().min(1).default(30) }).prefault({}),
});

export type RawSettings = z.infer<typeof SETTINGS_SCHEMA>;

/** Sections of the file that hold further names. */
export const SECTIONS = ["ocr", "separators", "signing", "retention"] as const;

/** `list`: parts between commas; `lines`: whole lines, for a regular expression may hold commas. */
type Kind = "text" | "number" | "boolean" | "list" | "lines";

/** Every setting that one line of text can give (flag, environment), by its dotted name. */
export const SETTING_KINDS: Readonly<Record<string, Kind>> = {
  unit: "text",
  officer: "text",
  lang: "text",
  profile: "text",
  jobs: "number",
  memory: "number",
  nice: "boolean",
  "ocr.engine": "text",
  "ocr.languages": "list",
  "ocr.tessdata": "text",
  "ocr.minConfidence": "number",
  "ocr.pageTimeout": "number",
  "ocr.secondLook": "boolean",
  clean: "list",
  dropBlank: "boolean",
  "separators.codes": "lines",
  "separators.keep": "boolean",
  passwordFile: "text",
  "signing.key": "text",
  "signing.passphraseFile": "text",
  "signing.credential": "text",
  "signing.level": "text",
  "signing.padding": "text",
  "signing.digest": "text",
  "signing.appearance": "text",
  "signing.copyForm": "text",
  "signing.seal": "text",
  "signing.tsa": "list",
  "signing.trust": "list",
  "signing.tlsRoots": "list",
  "signing.revocation": "text",
  "signing.timeout": "number",
  targets: "list",
  export: "list",
  allowTestSignature: "boolean",
  requireRegister: "boolean",
  strict: "boolean",
  ledger: "text",
  queue: "text",
  objects: "text",
  "retention.days": "number",
};

/** The words a setting is limited to, or each part of a list; none where it takes any text. */
export function wordsOf(setting: string): readonly string[] {
  let type: unknown = SETTINGS_SCHEMA;
  for (const name of setting.split(".")) if (type instanceof z.ZodObject) type = bare(type.shape[name]);
  return type instanceof z.ZodEnum ? type.options.map(String) : [];
}

/** Without default, and of a list what its parts are. */
function bare(type: unknown): unknown {
  if (type instanceof z.ZodDefault || type instanceof z.ZodPrefault) return bare(type.unwrap());
  return type instanceof z.ZodArray ? bare(type.element) : type;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
