import { isVowel } from "./letters.ts";

/**
 * Rimes of the standard spelling without tone, medial sound included, one line for each first letter. Rare
 * but living ones (boong, soóc, ngoằn ngoèo, khuya, khuỷu) are in; spellings of foreign sounds are not.
 */
const RIMES = words(`
  a ac ach ai am an ang anh ao ap at au ay
  ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
  e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
  i ia ich im in inh ip it iu
  o oa oac oach oai oam oan oang oanh oao oap oat oau oay oăc oăm oăn oăng oăp oăt
  oc oe oem oen oeo oet oi om on ong ooc oong op ot
  ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
  u ua uân uâng uât uây uc uê uêch uên uênh uêt uêu ui um un ung uơ up ut
  uôc uôi uôm uôn uông uôt uy uya uych uyên uyêt uyn uynh uyp uyt uyu
  ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
`);

/** The sound iê is written yê where no consonant comes before it. */
const AFTER_CONSONANT = words("iêc iêm iên iêng iêp iêt iêu");
const WITHOUT_CONSONANT = words("y yêm yên yêng yêt yêu");

/**
 * y for i after these (the decision below, Điều 9, wants i): both spellings are in official use (kỳ, lý, Mỹ,
 * tỷ, Vỹ, Thy).
 */
const Y_AFTER = words("h k l m n s t v th");

/** After qu, whose u is the medial sound. */
const AFTER_QU = words(`
  a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây
  e en eng eo et ê êch ên ênh êt i it inh ô ôc ơ ơi ơn y ych yên yêt yn ynh yt
`);

/** After gi before a, ă, â, o, ô, ơ, u, ư any rime may stand; the i swallows that of i and iê. */
const AFTER_GI = words("e eo ep et êc êm ên êng êp êt êu");
const G_BEFORE_I = words("i in it im");

const BEFORE_E_AND_I = new Set("eêiy");
const STOPS = /(?:[pct]|ch)$/u;

export interface Rime {
  /** Where the tone may stand, as places in the rime; two for oa, oe, uy, which are printed in both styles. */
  readonly tonePlaces: readonly number[];
  /** Ends in p, t, c or ch. */
  readonly stopped: boolean;
}

const KNOWN = new Map<string, Rime>();
for (const list of [RIMES, AFTER_CONSONANT, WITHOUT_CONSONANT, AFTER_QU, AFTER_GI, G_BEFORE_I]) {
  for (const rime of list) KNOWN.set(rime, { tonePlaces: tonePlaces(rime), stopped: STOPS.test(rime) });
}

/** The rime where it may follow that onset, by the rules for c/k/qu, g/gh/gi, ng/ngh, i/y; else `undefined`. */
export function rimeAfter(onset: string, rime: string): Rime | undefined {
  const known = KNOWN.get(rime);
  return known !== undefined && mayFollow(onset, rime) ? known : undefined;
}

function mayFollow(onset: string, rime: string): boolean {
  const front = BEFORE_E_AND_I.has(rime.charAt(0));
  switch (onset) {
    case "qu":
      return AFTER_QU.has(rime);
    case "gi":
      return front ? AFTER_GI.has(rime) : RIMES.has(rime);
    case "g":
      return front ? G_BEFORE_I.has(rime) : RIMES.has(rime);
    case "":
      return RIMES.has(rime) || WITHOUT_CONSONANT.has(rime);
    case "k":
    case "gh":
    case "ngh":
      return front && plainRime(onset, rime);
    case "c":
    case "ng":
      return !front && plainRime(onset, rime);
    default:
      return plainRime(onset, rime);
  }
}

function plainRime(onset: string, rime: string): boolean {
  if (rime === "y") return Y_AFTER.has(onset);
  return RIMES.has(rime) || AFTER_CONSONANT.has(rime);
}

/**
 * The tone stands on the letter that has a mark of its own (the last one: ươ, iê, uyê); else on the second
 * vowel before a consonant (hoàn), on the middle one of three (ngoài) and on the first of two (của): Quyết
 * định 1989/QĐ-BGDĐT of 2018, Điều 8. By that oa, oe, uy have it on the second (thuỷ), but laws themselves
 * are printed the other way (Luật Thủy sản).
 */
function tonePlaces(rime: string): readonly number[] {
  const letters = Array.from(rime);
  const marked = letters.findLastIndex((letter) => "ăâêôơư".includes(letter));
  if (marked !== -1) return [marked];
  const vowels = letters.filter(isVowel).length;
  if (vowels === 1) return [0];
  if (vowels === 3 || letters.length > vowels) return [1];
  return ["oa", "oe", "uy"].includes(rime) ? [0, 1] : [0];
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/u));
}
