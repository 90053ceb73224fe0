// A process to be killed: writes a generated tree into a folder, or pushes the folder. Bundled by the test that runs it.
import { pushRepository } from '../io/git-push.ts';
import { writeRepository } from '../io/repository-folder.ts';
import { generatedTree } from './generated-tree.ts';
import { pushRequest } from './push-request.ts';

const [verb, folder = '', argument = ''] = process.argv.slice(2);
// From here on the parent may kill at any time.
process.stdout.write('go\n');
const outcome =
  verb === 'write'
    ? await writeRepository(folder, generatedTree(JSON.parse(argument)))
    : await pushRepository(pushRequest(folder, argument));
if (!outcome.ok) process.stderr.write(JSON.stringify(outcome.problems));
process.exitCode = outcome.ok ? 0 : 1;
