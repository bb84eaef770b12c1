import { proseFaults } from './prose-faults.mjs';

describe('proseFaults', () => {
  it.each([
    'A sentence of a few words.',
    `${words(25)}. Word ${words(24)}.`,
    'What is an Egress?',
    'The message says what to do.',
    'The message says what the kernel answered.',
    'Agents learn what to do.',
    'A Node of an operator who drains it, e.g. Kured. It comes back.',
    'Holding the door is not steering.',
  ])('finds no fault in “%s”', (text) => {
    expect(proseFaults(text, [{ word: 'steer', term: 'redirect' }])).toEqual([]);
  });

  it('counts the words of each sentence', () => {
    expect(proseFaults(`Short. Start ${words(25)}. Short.`)).toEqual([
      '26 words in a sentence, at most 25: “Start word word word word word …”',
    ]);
  });

  it.each([
    ['What must not leave does not.', 'What must not leave does not. …'],
    ['The Pods whom an Egress selects.', 'whom an Egress selects. …'],
    ['It drops what is not ours.', 'what is not ours. …'],
    ['It learns of what a Pod sends.', 'what a Pod sends. …'],
    ['It repairs what a rival took away.', 'what a rival took away. …'],
    ['Each list says who has the IP.', 'says who has the IP. …'],
  ])('finds the clause in place of a noun in “%s”', (text, clause) => {
    expect(proseFaults(text)).toEqual([`a clause in place of a noun: “${clause}”`]);
  });

  it('finds private words in any case and with an ending', () => {
    const privateWords = [
      { word: 'steer', term: 'redirect' },
      { word: 'way out', term: 'egress path' },
    ];
    expect(proseFaults('Steered packets take the way out.', privateWords)).toEqual([
      '“steer” is not in the glossary: redirect',
      '“way out” is not in the glossary: egress path',
    ]);
  });
});

function words(count) {
  return Array.from({ length: count }, () => 'word').join(' ');
}
