import { expect, it } from "vitest";
import { isTokenAddress, parseTokenAddress } from "../../../src/signing/keys/pkcs11/uri.ts";

const MODULE = "module-path=/usr/lib/p11.so";

it("reads every part of an address, percent-decoded; an id stays bytes", () => {
  const path = [
    "token=Ch%E1%BB%AF%20k%C3%BD",
    "manufacturer=Viettel",
    "model=v6",
    "serial=00a1",
    "slot-id=7",
    "slot-description=khe%3B1",
    "slot-manufacturer=%C4%90",
    "object=kh%C3%B3a",
    "type=private",
    "id=%ff%00a",
  ];
  const uri = `PKCS11:${path.join(";")}?module-path=/opt/th%C6%B0%20vi%E1%BB%87n.so`;
  expect(isTokenAddress(uri)).toBe(true);
  expect(parseTokenAddress(uri)).toEqual({
    module: "/opt/thư viện.so",
    token: "Chữ ký",
    manufacturer: "Viettel",
    model: "v6",
    serial: "00a1",
    slotId: 7,
    slotDescription: "khe;1",
    slotManufacturer: "Đ",
    object: "khóa",
    id: Buffer.from([0xff, 0, 0x61]),
  });
});

it("takes a Windows path and an address that leaves everything open", () => {
  expect(parseTokenAddress("pkcs11:?module-path=C:%5CWindows%5Cp11.dll").module).toBe("C:\\Windows\\p11.dll");
  expect(parseTokenAddress(`pkcs11:?${MODULE}`)).toEqual({ module: "/usr/lib/p11.so" });
});

it.each([
  { uri: `pkcs11:tokn=a?${MODULE}`, detail: "tokn: token?" },
  { uri: `pkcs11:objects=a?${MODULE}`, detail: "objects: object?" },
  { uri: "pkcs11:token=a?modulepath=/a", detail: "modulepath: module-path?" },
  { uri: `pkcs11:library-version=3?${MODULE}`, detail: "library-version: token," },
  { uri: `pkcs11:token=a;token=b?${MODULE}`, detail: "token" },
  { uri: `pkcs11:token?${MODULE}`, detail: "token" },
  { uri: `pkcs11:token=%zz?${MODULE}`, detail: "token: %" },
  { uri: `pkcs11:token=%ff?${MODULE}`, detail: "token: UTF-8" },
  { uri: `pkcs11:type=cert?${MODULE}`, detail: "type: private" },
  { uri: `pkcs11:slot-id=x?${MODULE}`, detail: "slot-id" },
  { uri: "pkcs11:token=a", detail: "absolute path" },
  { uri: "pkcs11:token=a?module-path=p11.so", detail: "absolute path" },
  { uri: "pkcs11:module-path=/a?module-path=/a", detail: 'after "?"' },
  { uri: `pkcs11:token=a?${MODULE}?b`, detail: "?" },
])("refuses $uri", ({ uri, detail }) => {
  const refused = expect.objectContaining({ code: "settings", detail: expect.stringContaining(detail) });
  expect(() => parseTokenAddress(uri)).toThrow(refused);
});

it.each(["pin-value=2468", "pin-source=file:/2468"])(
  "refuses a PIN in the address without telling it",
  (pin) => {
    let said = "";
    try {
      parseTokenAddress(`pkcs11:token=a?${MODULE}&${pin}`);
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain("signing.passphraseFile");
    expect(said).not.toContain("2468");
  },
);
