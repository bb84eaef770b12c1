import { privateWordsOf } from './private-words.mjs';

it('reads the right column of each table, without names of code', () => {
  const glossary = `# Glossary

| term     | meaning         | not              |
| -------- | --------------- | ---------------- |
| Egress   | The object.     |                  |
| redirect | Send a packet.  | steer, \`lead\`    |

| term  | meaning | not     |
| ----- | ------- | ------- |
| block | Drop.   | cut off |
`;
  expect(privateWordsOf(glossary)).toEqual([
    { word: 'steer', term: 'redirect' },
    { word: 'cut off', term: 'block' },
  ]);
});
