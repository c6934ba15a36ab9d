import { expect, it } from "vitest";
import { syllableKind, syllableOf } from "../../../src/ocr/vietnamese/syllable.ts";

it.each([
  "nghiêng",
  "người",
  "khuỷu",
  "khuya",
  "gì",
  "gìn",
  "giếng",
  "già",
  "giữa",
  "quyết",
  "quốc",
  "quý",
  "quí",
  "yêu",
  "ý",
  "kỳ",
  "kì",
  "ngoằn",
  "ngoèo",
  "xoong",
  "uống",
  "ừ",
  "hòa",
  "hoà",
  "thúy",
  "thuý",
  "khỏe",
  "khoẻ",
  "Ủy",
  "Uỷ",
  "ĐƯỜNG",
  "thuở",
  "huỳnh",
  "rượu",
  "nguyễn",
])("takes %s for a syllable", (word) => {
  expect(syllableKind(word)).toBe("syllable");
});

it.each([
  ["cì", "c before i"],
  ["kà", "k before a"],
  ["gê", "g before ê"],
  ["ghà", "gh before a"],
  ["ngế", "ng before ê"],
  ["nghà", "ngh before a"],
  ["mằt", "a stop with huyền"],
  ["sảch", "a stop with hỏi"],
  ["bực̃", "two tones"],
  ["thiêth", "no such ending"],
  ["đêng", "ê before ng"],
  ["tânh", "â before nh"],
  ["tiến̉g", "two tones"],
  ["lhực", "no such beginning"],
  ["tháng̀", "a tone on a consonant"],
  ["qế", "q without u"],
  ["ăi", "ă before i"],
])("does not take %s for a syllable: %s", (word) => {
  expect(syllableOf(word)).toBeUndefined();
});

it.each([
  ["thúê", "ê must have it"],
  ["gìay", "the i of gi cannot have it"],
  ["qúy", "the u of qu cannot have it"],
  ["tòan", "before an ending only the a can have it"],
  ["ngừơi", "ơ must have it"],
])("sees that the tone of %s is misplaced: %s", (word) => {
  expect(syllableKind(word)).toBe("misplaced");
});

it.each(["UBND", "HĐND", "SGDĐT", "internet", "Krông", "Păh", "Ôtô", "xêmina", "Campuchia", "covid"])(
  "leaves %s open, which may be foreign, a name or initials",
  (word) => {
    expect(syllableKind(word)).toBe("unknown");
  },
);

it.each(["lhực", "nghành", "vlệc", "thíì", "đườnq", "côug"])("calls %s impossible", (word) => {
  expect(syllableKind(word)).toBe("impossible");
});

it("parts a syllable into onset, rime and tone", () => {
  expect(syllableOf("Quyết")).toMatchObject({ onset: "qu", rime: "yêt", tone: 1, tonePlace: 3 });
  expect(syllableOf("gì")).toMatchObject({ onset: "g", rime: "i", tone: 2 });
  expect(syllableOf("giết")).toMatchObject({ onset: "gi", rime: "êt", tone: 1 });
});
