/** Legal values that change by decree, not by release. One versioned file in `settings/rules/` gives them. */
export interface Rules {
  readonly id: string;
  /** First day these values are in force, ISO date. */
  readonly validFrom: string;
  readonly codes: CodeGrammar;
  readonly profiles: Readonly<Record<ProfileName, ScanProfile>>;
  readonly skipReasons: Readonly<Record<string, string>>;
  readonly assessment: AssessmentRule;
  readonly retentionDays: number;
  /** Law, circular or field source of each value above, for people who must defend a number. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Sources of regular expressions (flags are the reader's business). */
export interface CodeGrammar {
  /** Whole, normalised dossier code with the groups org, ymd, seq. */
  readonly dossier: string;
  /** Finds codes inside upper-cased names and texts. */
  readonly dossierInText: string;
  readonly unit: string;
  readonly procedure: string;
  /** QĐ 20/2020: an organisation identifier has at most this many characters. */
  readonly unitMaxLength: number;
}

export type ProfileName = "nd30" | "archive";

export interface ScanProfile {
  readonly minDpi: number;
  readonly colour: boolean;
}

export interface AssessmentRule {
  /** A ratio (0..1) below this is "Không đạt". */
  readonly passRatio: number;
  /** Dossier states of the một-cửa export that count as received, and as resolved. */
  readonly receivedStates: readonly number[];
  readonly resolvedStates: readonly number[];
}
