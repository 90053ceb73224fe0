import { describe, expect, it } from 'vitest';
import { attribute, block } from '../../core/hcl.ts';
import { formatDifference, hasTerraform } from '../../testing/terraform.ts';
import { writeHcl } from './hcl-writer.ts';

const blocks = [
  block('moved', [], []),
  block(
    'resource',
    ['a', 'b'],
    [
      block('lifecycle', [], [attribute('prevent_destroy', true)]),
      attribute('depends_on', ['x']),
      attribute('tags', { Name: 'n' }),
      attribute('long_argument', 1),
      block('nested', [], []),
      attribute('short', 2),
      attribute('count', 3),
    ],
    'Why.',
  ),
];

const printed = `moved {}

# Why.
resource "a" "b" {
  count = 3

  long_argument = 1
  short         = 2

  tags = {
    Name = "n"
  }

  nested {}

  lifecycle {
    prevent_destroy = true
  }

  depends_on = ["x"]
}
`;

describe('generator/render/terraform/hcl-writer.ts', () => {
  it("keeps to the order of Terraform's style guide, whatever order it is given", () => {
    expect(writeHcl(blocks)).toBe(printed);
  });

  it.skipIf(!hasTerraform)('prints what terraform fmt leaves alone', () => {
    expect(formatDifference({ 'main.tf': writeHcl(blocks) })).toBe('');
  });
});
