// The sync and compare options that Argo CD reads: it ignores any other without a word.

const ON_OFF = ['true', 'false'] as const;

/** `spec.syncPolicy.syncOptions`, by name. @see argo-cd v3.4 and v3.5, gitops-engine/pkg/sync/common */
const APPLICATION_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  ApplyOutOfSyncOnly: ON_OFF,
  ClientSideApplyMigration: ON_OFF,
  CreateNamespace: ON_OFF,
  Delete: ['false', 'confirm'],
  FailOnSharedResource: ON_OFF,
  Prune: ['false', 'confirm'],
  PruneLast: ON_OFF,
  PrunePropagationPolicy: ['foreground', 'background', 'orphan'],
  Replace: ON_OFF,
  RespectIgnoreDifferences: ON_OFF,
  ServerSideApply: ON_OFF,
  SkipDryRunOnMissingResource: ON_OFF,
  Validate: ON_OFF,
};

/** Annotation `argocd.argoproj.io/sync-options` of any object. */
const ANNOTATION_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  Delete: ['false', 'confirm'],
  Force: ON_OFF,
  Prune: ['false', 'confirm'],
  PruneLast: ON_OFF,
  Replace: ON_OFF,
  ServerSideApply: ON_OFF,
  SkipDryRunOnMissingResource: ON_OFF,
  Validate: ON_OFF,
};

/** Annotation `argocd.argoproj.io/compare-options` of any object. */
const COMPARE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  IgnoreExtraneous: [],
  IncludeMutationWebhook: ON_OFF,
  ServerSideDiff: ON_OFF,
};

const OPTIONS = {
  application: writeOptions(APPLICATION_OPTIONS),
  annotation: writeOptions(ANNOTATION_OPTIONS),
  compare: writeOptions(COMPARE_OPTIONS),
} as const;

export type OptionPlace = keyof typeof OPTIONS;

/** All options of a place as they are written, e.g. `CreateNamespace=true`. */
export function listKnownOptions(place: OptionPlace): readonly string[] {
  return OPTIONS[place];
}

/** True if Argo CD reads the option at this place. */
export function isKnownOption(place: OptionPlace, option: string): boolean {
  return OPTIONS[place].includes(option);
}

function writeOptions(options: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(options).flatMap(([name, values]) =>
    values.length === 0 ? [name] : values.map((value) => `${name}=${value}`),
  );
}
