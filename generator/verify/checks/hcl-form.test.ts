import { describe, expect, it } from 'vitest';
import { checkTerraform } from '../../testing/terraform-tree.ts';
import { hclForm } from './hcl-form.ts';

describe('generator/verify/checks/hcl-form.ts', () => {
  it('says nothing about files that are well', () => {
    const problems = checkTerraform(hclForm, {
      'terraform/prod/cluster/a.tf': 'resource "a" "b" {\n  x = 1\n  y {\n    x = 1\n  }\n  y {\n    x = 1\n  }\n}\n',
      'terraform/prod/cluster/b.tf':
        'data "a" "b" {}\nresource "a" "c" {}\nlocals {\n  x = 1\n}\nlocals {\n  y = 1\n}\n',
      'terraform/prod/infrastructure/a.tf': 'resource "a" "b" {}\n',
      'terraform/prod/cluster/files/boot.sh': 'not ( HCL',
    });

    expect(problems).toEqual([]);
  });

  it('points at the first thing that does not parse', () => {
    const problems = checkTerraform(hclForm, {
      'terraform/prod/cluster/a.tf': 'resource "a" "b" {\n  x = [1, 2\n}\n',
    });

    expect(problems).toEqual([
      {
        code: 'VER-101',
        severity: 'error',
        place: { file: 'terraform/prod/cluster/a.tf', line: 3, column: 1 },
        key: 'cluster',
        message: 'Expected ], found }.',
      },
    ]);
  });

  it('finds an argument that is set twice, in a nested block too', () => {
    const problems = checkTerraform(hclForm, {
      'terraform/prod/cluster/a.tf': 'resource "a" "b" {\n  y {\n    x = 1\n    x = 2\n  }\n}\n',
    });

    expect(problems).toMatchObject([
      {
        code: 'VER-102',
        place: { line: 4, column: 5 },
        message: 'x is set here and in line 3.',
        hint: 'keep one of the two',
      },
    ]);
  });

  it('finds a resource that is declared twice, in another file of the project', () => {
    const problems = checkTerraform(hclForm, {
      'terraform/prod/cluster/a.tf': 'resource "a" "b" {}\n',
      'terraform/prod/cluster/b.tf': '\nresource "a" "b" {}\n',
    });

    expect(problems).toMatchObject([
      {
        code: 'VER-102',
        place: { file: 'terraform/prod/cluster/b.tf', line: 2, column: 1 },
        message: 'resource a b is declared here and in terraform/prod/cluster/a.tf:1.',
        hint: 'rename or remove one of the two',
      },
    ]);
  });
});
