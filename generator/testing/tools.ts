// Is a tool there that a test needs and that a fresh machine may lack?
import { spawnSync } from 'node:child_process';

export function hasTool(name: string): boolean {
  return spawnSync(name, ['--version']).error === undefined;
}
