import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { OperationalError } from "../domain/errors.ts";
import { parseUnitCode } from "../domain/codes.ts";
import { parseOfficerId } from "../domain/ids.ts";
import type { Settings } from "../domain/settings.ts";
import { findWorkspace, SETTINGS_FILE } from "./find-workspace.ts";
import { environmentLayer, overlay } from "./layers.ts";
import type { Environment } from "./layers.ts";
import { RULES } from "./rules-for.ts";
import { SETTINGS_SCHEMA } from "./schema.ts";
import type { RawSettings } from "./schema.ts";
import { readSettingsFile } from "./settings-file.ts";
import { settingsProblem } from "./settings-problem.ts";

export interface SettingsSource {
  /** Flags by dotted setting name (`unit`, `ocr.pageTimeout`), and `workspace`; undefined means not given. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  readonly cwd: string;
}

/**
 * Settings of the workspace: flag over environment over `sohoa.yaml` over default, checked, frozen, paths absolute.
 * @throws `workspace`, `settings`; `usage` when only flags are wrong
 */
export async function loadSettings({ flags, env, cwd }: SettingsSource): Promise<Settings> {
  const { workspace: named, ...given } = flags;
  const explicit = typeof named === "string" ? named : env["SOHOA_WORKSPACE"] || undefined;
  const workspace = await findWorkspace(cwd, explicit);
  const file = await readSettingsFile(join(workspace, SETTINGS_FILE));
  const environment = environmentLayer(env);
  const parsed = SETTINGS_SCHEMA.safeParse(overlay(file, environment, given));
  if (!parsed.success) throw settingsProblem(parsed.error, { flags: given, environment });
  return deepFreeze(complete(parsed.data, workspace));
}

function complete(raw: RawSettings, workspace: string): Settings {
  const { signing } = raw;
  checkSigning(signing);
  const { queue: _local, ...rest } = raw;
  const absolute = (path: string | null) => (path === null ? null : resolve(workspace, path));
  return {
    ...rest,
    workspace,
    unit: unitOf(raw.unit),
    officer: raw.officer === null ? accountName() : officerOf(raw.officer),
    passwordFile: absolute(raw.passwordFile),
    ocr: { ...raw.ocr, tessdata: absolute(raw.ocr.tessdata) },
    signing: {
      ...signing,
      key: keyPlace(signing.key, workspace),
      passphraseFile: absolute(signing.passphraseFile),
      seal: absolute(signing.seal),
      trust: signing.trust.map((path) => resolve(workspace, path)),
      tlsRoots: signing.tlsRoots.map((path) => resolve(workspace, path)),
    },
    targets: [...new Set(raw.targets.map((target) => targetOf(target, workspace)))],
    ledger: localPath("ledger", raw.ledger ?? ".sohoa/ledger.sqlite", workspace),
    objects: localPath("objects", raw.objects ?? ".sohoa/objects", workspace),
  };
}

/** What one setting asks of another. */
function checkSigning({ level, tsa, appearance, seal, key, credential }: RawSettings["signing"]): void {
  if (level !== "B-B" && tsa.length === 0)
    throw new OperationalError(
      "settings",
      `signing.level ${level}: cần địa chỉ máy chủ dấu thời gian trong signing.tsa / needs a time-stamp authority in signing.tsa`,
    );
  if (appearance === "archive" && seal === null)
    throw new OperationalError(
      "settings",
      "signing.appearance archive: cần ảnh con dấu PNG trong signing.seal / needs the PNG of the seal in signing.seal",
    );
  if (credential === null && key?.startsWith("https://") === true)
    throw new OperationalError(
      "settings",
      "signing.key https: cần signing.credential (credentialID của dịch vụ ký) / needs signing.credential",
    );
}

/** A file, a token's URI (RFC 7512) or a signing service. A PIN in the URI would be a secret in the settings. */
function keyPlace(key: string | null, workspace: string): string | null {
  if (key === null || key.startsWith("https://")) return key;
  if (!key.startsWith("pkcs11:")) return localPath("signing.key", key, workspace);
  if (/[?&;]pin-(?:value|source)=/u.test(key))
    throw new OperationalError(
      "settings",
      "signing.key: không ghi PIN vào cấu hình; dùng passphraseFile hoặc nhập khi chạy / no PIN in the settings; use passphraseFile or the prompt",
    );
  return key;
}

function unitOf(text: string | null): Settings["unit"] {
  const grammar = RULES.at(-1)?.codes;
  if (text === null || grammar === undefined) return null;
  const unit = parseUnitCode(text, grammar);
  if (unit === undefined)
    throw new OperationalError(
      "settings",
      "không phải mã đơn vị như H57.132 / unit: not an organisation code such as H57.132",
    );
  return unit;
}

function officerOf(text: string | null): Settings["officer"] {
  if (text === null) return null;
  const officer = parseOfficerId(text);
  if (officer === undefined)
    throw new OperationalError(
      "settings",
      "không phải mã cán bộ như nv-0123 / officer: not an officer code such as nv-0123",
    );
  return officer;
}

/** Who is logged in did the work, when nobody is named; a name that is no officer code counts as nobody. */
function accountName(): Settings["officer"] {
  try {
    return parseOfficerId(userInfo().username) ?? null;
  } catch {
    return null; // no entry for this account (containers)
  }
}

function targetOf(target: string, workspace: string): string {
  if (target.startsWith("folder:") && target.length > "folder:".length) {
    return `folder:${resolve(workspace, target.slice("folder:".length))}`;
  }
  const scheme = /^([a-z0-9+]{2,}):/iu.exec(target)?.[1] ?? "";
  const why = scheme === "" || scheme === "folder" ? "is not folder:PATH" : `${scheme}: is not yet supported`;
  throw new OperationalError("settings", `targets: ${why}`);
}

/** Two letters at least before the colon: `D:\so.sqlite` is a path on Windows. */
function localPath(setting: string, path: string, workspace: string): string {
  const scheme = /^([a-z0-9+]{2,}):/iu.exec(path)?.[1];
  if (scheme === undefined) return resolve(workspace, path);
  throw new OperationalError("settings", `${setting}: ${scheme}: is not yet supported`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
