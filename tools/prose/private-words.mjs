/**
 * The words that no text uses: the right column of the glossary's tables, each with the term of the
 * left column. A word in backticks is a former name of code and not looked for.
 */
export function privateWordsOf(glossary) {
  return glossary
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|\s*(term\s*\||-)/.test(line))
    .flatMap((line) => {
      const [term, , words] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return words
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '' && !word.startsWith('`'))
        .map((word) => ({ word, term }));
    });
}
