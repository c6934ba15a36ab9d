import { basename } from "node:path";

/** The prompt for the one secret a key needs: `key` as in the setting signing.key. */
export function secretQuestion(key: string, lang: "vi" | "en"): string {
  const vi = lang === "vi";
  if (/^pkcs11:/iu.test(key)) return vi ? "Mã PIN của token: " : "PIN of the token: ";
  if (/^https:/iu.test(key)) {
    const host = URL.canParse(key) ? new URL(key).host : "";
    return vi ? `Mã truy cập dịch vụ ký (${host}): ` : `Access token of the signing service (${host}): `;
  }
  const file = basename(key);
  return vi ? `Mật khẩu khóa ký (${file}): ` : `Passphrase of the signing key (${file}): `;
}
