import { expect, it } from "vitest";
import { adviceOf, installAdvice, languageAdvice, missingLanguage } from "../../src/ocr/missing-language.ts";

const lacking = { languages: ["vie", "chi_sim"], missing: ["chi_sim"], tessdata: null, embedded: true };

it("names what is missing, every file a folder of one's own needs, and the packages", () => {
  const { vi, en } = languageAdvice(lacking, "linux");
  const both = "vie.traineddata, chi_sim.traineddata";
  const install = "apt install tesseract-ocr tesseract-ocr-vie tesseract-ocr-chi-sim (ocr.engine: auto)";
  expect(vi).toBe(
    `thiếu dữ liệu chi_sim; hãy đặt ${both} vào một thư mục và ghi thư mục đó ở ocr.tessdata, hoặc ${install}`,
  );
  expect(en).toBe(
    `no data for chi_sim; put ${both} into one folder and name it in ocr.tessdata, or ${install}`,
  );
});

it("speaks of apt on Linux only", () => {
  for (const platform of ["win32", "darwin"]) {
    const { vi, en } = installAdvice(["vie", "eng"], platform);
    expect(vi + en).not.toContain("apt");
    expect(en).toContain("with the data of vie, eng");
  }
});

it("sends to the folder of the settings where there is one, and to npm where what comes along is missing", () => {
  const own = languageAdvice({ ...lacking, tessdata: "/data" }, "linux");
  expect(own.en).toContain("put chi_sim.traineddata into the folder named by ocr.tessdata (/data)");
  expect(own.en).not.toContain("apt");
  expect(languageAdvice({ ...lacking, missing: ["vie"] }, "linux").en).toBe(
    "no data for vie; run npm ci again",
  );
  expect(languageAdvice({ ...lacking, missing: ["vie"], embedded: false }, "linux").en).toContain(
    "apt install",
  );
});

it("carries both languages in the error", () => {
  const error = missingLanguage(lacking);
  expect(error.code).toBe("language_data");
  expect(adviceOf(error)).toEqual(languageAdvice(lacking));
});
