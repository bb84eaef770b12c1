// Texts for people, out of Markdown and comments: code becomes one word, markup is left out.

const CODE = 'Code';

/** The text of a node of a Markdown tree (mdast). */
export function markdownText(node) {
  switch (node.type) {
    case 'text':
      return node.value;
    case 'inlineCode':
    case 'image':
      return CODE;
    case 'break':
      return ' ';
    case 'html':
      return '';
    default:
      return (node.children ?? []).map(markdownText).join('');
  }
}

/**
 * The paragraphs of a file's comments, with their places. Line comments that touch are one text.
 */
export function commentParagraphs(comments) {
  return blocksOf(comments).flatMap(({ loc, text }) =>
    text
      .replace(/^\s*\* ?/gm, '')
      .replace(/```[^]*?```/g, '')
      .replace(/`[^`]*`|\{@\w+ [^}]*\}/g, CODE)
      .split(/\n\s*\n|\n\s*(?=- |\d+\. |@\w+ )/)
      .map((paragraph) => paragraph.replace(/^\s*(- |\d+\. |@\w+ (\w+ )?)/, '').trim())
      .filter((paragraph) => paragraph !== '' && !/^(eslint|prettier|@ts-)/.test(paragraph))
      .map((paragraph) => ({ loc, text: paragraph })),
  );
}

function blocksOf(comments) {
  const blocks = [];
  for (const { type, value, loc } of comments) {
    const last = blocks.at(-1);
    const continues =
      type === 'Line' && last?.type === 'Line' && last.loc.end.line === loc.start.line - 1;
    if (continues) {
      last.text += `\n${value}`;
      last.loc = { start: last.loc.start, end: loc.end };
    } else {
      blocks.push({ type, text: value, loc });
    }
  }
  return blocks;
}
