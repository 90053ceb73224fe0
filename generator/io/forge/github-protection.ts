// Rules and settings of a branch on GitHub → why a push to it is refused, in words.

/**
 * What a rule of a ruleset refuses; undefined for rules that a fast-forward of one commit meets or may meet.
 * @see https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
 * @param isNew the branch does not exist: whoever may create it may push to it, this once
 */
export function findRuleReason(type: string, isNew: boolean): string | undefined {
  if (isNew) return type === 'creation' ? 'nobody may create it without a right to bypass its rules' : undefined;
  return RULES[type];
}

const RULES: Readonly<Record<string, string>> = {
  pull_request: 'changes must be made through a pull request',
  update: 'nobody may push to it without a right to bypass its rules',
  required_status_checks: 'checks must have passed before a commit arrives',
  merge_queue: 'changes must go through the merge queue',
  required_deployments: 'deployments must have succeeded before a commit arrives',
  workflows: 'workflows must have passed before a commit arrives',
};

/** The part of a branch's protection that refuses pushes. */
export interface ProtectionSettings {
  readonly required_pull_request_reviews?: object;
  readonly required_status_checks?: object;
  readonly lock_branch?: { readonly enabled?: boolean };
  readonly enforce_admins?: { readonly enabled: boolean };
}

/**
 * What the settings of a branch refuse. Only administrators are shown them, and they are exempt unless included.
 * @see https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection
 */
export function listSettingReasons(settings: ProtectionSettings): readonly string[] {
  const locked = settings.lock_branch?.enabled === true ? ['the branch is locked: it can only be read'] : [];
  if (settings.enforce_admins?.enabled !== true) return locked;
  return [
    ...locked,
    ...(settings.required_pull_request_reviews === undefined ? [] : [RULES['pull_request'] ?? '']),
    ...(settings.required_status_checks === undefined ? [] : [RULES['required_status_checks'] ?? '']),
  ];
}
