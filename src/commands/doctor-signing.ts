import { createHash } from "node:crypto";
import { isOperational } from "../domain/errors.ts";
import type { Settings } from "../domain/settings.ts";
import { readPassphrase } from "../settings/read-passphrase.ts";
import { revocationCache } from "../settings/revocation-cache.ts";
import type { Io } from "../ui/io.ts";
import { reasonSentence } from "../ui/words.ts";
import type { Finding } from "./doctor.ts";

const DAY_MS = 86_400_000;
/** A new certificate takes weeks to come. */
const WARN_DAYS = 30;

/** Opens the key and asks about its certificate. A token's PIN is never tried here: every wrong one brings the lock nearer. */
export async function signingKey(settings: Settings, io: Io): Promise<Finding> {
  const { signing } = settings;
  const { key } = signing;
  if (key === null) {
    return {
      check: "key",
      ok: true,
      found: "—",
      vi: "Chưa đặt khóa ký (signing.key): chỉ chạy được với --no-sign.",
      en: "No signing key set (signing.key): only --no-sign runs.",
    };
  }
  const token = /^pkcs11:/iu.test(key);
  const secret = () => (token ? Promise.resolve(undefined) : readPassphrase(settings, io.env));
  try {
    const { openSigner } = await import("../signing/open-signer.ts");
    const signer = await openSigner({ settings: signing, secret, cache: revocationCache(settings) });
    try {
      await signer.check(new Date());
      return expiry(signer);
    } finally {
      await signer.close();
    }
  } catch (error) {
    if (!isOperational(error)) throw error;
    return token && error.code === "passphrase_missing" ? TOKEN_FOUND : unusable("key", error.code);
  }
}

const TOKEN_FOUND: Finding = {
  check: "key",
  ok: true,
  note: true,
  found: "token",
  vi: "Đã thấy token; chưa thử mã PIN (sai 3 lần là khóa).",
  en: "The token is there; its PIN was not tried (three wrong ones lock it).",
};

function expiry({ test, notAfter }: { readonly test: boolean; readonly notAfter: Date }): Finding {
  const days = Math.floor((notAfter.getTime() - Date.now()) / DAY_MS);
  return {
    check: "key",
    ok: days > WARN_DAYS,
    found: `${test ? "KÝ THỬ, " : ""}${notAfter.toISOString().slice(0, 10)} (${days})`,
    vi: "Chứng thư sắp hết hạn; hãy xin cấp mới.",
    en: "The certificate expires soon; ask for a new one.",
  };
}

/** One time stamp over nothing of importance, when the level needs any. */
export async function timeStamps({ signing }: Settings): Promise<Finding> {
  const { level, tsa } = signing;
  const about = {
    check: "tsa",
    vi: "Mức B-B không cần dấu thời gian (signing.tsa).",
    en: "Level B-B needs no time stamps (signing.tsa).",
  };
  if (level === "B-B") return { ...about, ok: true, found: "—" };
  try {
    const { createTimeStamper } = await import("../signing/pki/tsa-client.ts");
    await createTimeStamper(signing).stamp(createHash("sha256").update("sohoa doctor").digest(), "sha256");
    return { ...about, ok: true, found: tsa.join(", ") };
  } catch (error) {
    if (!isOperational(error)) throw error;
    return { ...unusable("tsa", error.code), found: error.detail };
  }
}

function unusable(check: string, code: string): Finding {
  return {
    check,
    ok: false,
    found: code,
    vi: reasonSentence(code, "vi"),
    en: reasonSentence(code, "en"),
  };
}
