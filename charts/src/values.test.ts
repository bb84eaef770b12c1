import { readValues, renderTable, schemaFor } from './values.ts';

const TEXT = `# About the file.

# -- A name.
name: web
group:
  # -- A number that
  # goes on.
  # @schema {"minimum": 1}
  port: 80
  # -- Anything.
  free: {}
# -- A list.
list: []
`;

describe('readValues', () => {
  it('finds groups, defaults and comments', () => {
    const [name, group, list] = readValues(TEXT);
    expect(name).toMatchObject({ path: 'name', value: 'web', description: 'A name.' });
    expect(group?.fields).toMatchObject([
      { path: 'group.port', value: 80, description: 'A number that goes on.' },
      { path: 'group.free', value: {}, description: 'Anything.' },
    ]);
    expect(list).toMatchObject({ path: 'list', value: [] });
  });

  it.each([
    ['a value without a description', 'a: 1\n', 'a has no comment'],
    ['a schema that is no JSON', '# -- A.\n# @schema {\na: 1\n', 'the @schema of a is no JSON'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readValues(text)).toThrow(message);
  });
});

it('schemaFor refuses unknown names at each level, and keeps free objects free', () => {
  expect(schemaFor(readValues(TEXT))).toMatchObject({
    additionalProperties: false,
    properties: {
      name: { type: 'string' },
      group: {
        additionalProperties: false,
        properties: { port: { type: 'integer', minimum: 1 }, free: { type: 'object' } },
      },
      list: { type: 'array' },
    },
  });
});

it('renderTable has a row for each value that can be set', () => {
  expect(renderTable(readValues(TEXT)).split('\n').slice(2)).toEqual([
    '| `name` | `"web"` | A name. |',
    '| `group.port` | `80` | A number that goes on. |',
    '| `group.free` | `{}` | Anything. |',
    '| `list` | `[]` | A list. |',
    '',
  ]);
});
