// Plain English (docs/glossary.md): a sentence has at most 25 words, a noun as its subject, and the
// glossary's word for each thing.

const MAX_WORDS = 25;

/** Beginnings of a clause that stands in place of a noun. A question may begin so. */
const nounlessClauses = [
  /^\W*(what(ever)?|who(ever)?|whom(ever)?)\b/i,
  /\b(whom|whomever|whoever)\b/i,
  /(?<!\bsays?)[ (]what\b(?! to\b)/i,
  /\bwhat (is|are|was|were|has|have|had|comes|came|goes|went|must|should)\b/i,
  /([;:(]|\b(and|or|of|for|from|to|with|by|in|on|at|as|not|only)) who\b/i,
  /\b(says|shows|tells|knows|decides|sees|learns|asks|names|finds|records|reports) who\b/i,
];

/**
 * The faults of a paragraph, each one sentence that says what to change. `privateWords` are words
 * and phrases with the term that replaces them.
 */
export function proseFaults(paragraph, privateWords = []) {
  return sentencesOf(paragraph).flatMap((sentence) => [
    ...lengthFaults(sentence),
    ...clauseFaults(sentence),
    ...privateWords
      .filter(({ word }) => new RegExp(`(?<![\\w-])${word}(e?[sd])?(?![\\w-])`, 'i').test(sentence))
      .map(({ word, term }) => `“${word}” is not in the glossary: ${term}`),
  ]);
}

function lengthFaults(sentence) {
  const words = sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length <= MAX_WORDS) {
    return [];
  }
  return [`${words.length} words in a sentence, at most ${MAX_WORDS}: ${beginning(words)}`];
}

function beginning(words) {
  return `“${words.slice(0, 6).join(' ')} …”`;
}

function clauseFaults(sentence) {
  const clause = nounlessClauses.map((pattern) => pattern.exec(sentence)).find(Boolean);
  if (clause === undefined || sentence.endsWith('?')) {
    return [];
  }
  const words = sentence.slice(clause.index).trim().split(/\s+/).slice(0, 6);
  return [`a clause in place of a noun: “${words.join(' ')} …”`];
}

/** Sentences end with a full stop, question or exclamation mark before a capital letter. */
function sentencesOf(paragraph) {
  return paragraph
    .replace(/\s+/g, ' ')
    .split(/(?<=(?<!\b(?:e\.g|i\.e|etc|vs|cf))[.!?][)"”’_*]*) (?=[("“‘_*]*[\p{Lu}\p{N}])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
