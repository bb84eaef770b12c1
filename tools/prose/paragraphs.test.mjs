import { commentParagraphs, markdownText } from './paragraphs.mjs';

describe('commentParagraphs', () => {
  it('joins line comments that touch', () => {
    expect(
      texts(
        comment('Line', 1, ' One'),
        comment('Line', 2, ' text.'),
        comment('Line', 4, ' Other.'),
      ),
    ).toEqual(['One\n text.', 'Other.']);
  });

  it('splits a docstring at empty lines, list items and tags', () => {
    const value = '*\n * First.\n *\n * Second:\n * - an item\n * @throws Error late\n ';
    expect(texts(comment('Block', 1, value))).toEqual(['First.', 'Second:', 'an item', 'late']);
  });

  it('replaces code by one word and leaves directives out', () => {
    expect(texts(comment('Line', 1, ' Calls `a b c` of {@link Other thing}.'))).toEqual([
      'Calls Code of Code.',
    ]);
    expect(texts(comment('Line', 1, ' prettier-ignore'))).toEqual([]);
  });
});

it('reads the text of a Markdown node', () => {
  const text = (value) => ({ type: 'text', value });
  const node = {
    type: 'paragraph',
    children: [
      text('Run '),
      { type: 'inlineCode', value: 'npm test' },
      { type: 'html', value: '<br>' },
      { type: 'strong', children: [text(' now')] },
    ],
  };
  expect(markdownText(node)).toBe('Run Code now');
});

function texts(...comments) {
  return commentParagraphs(comments).map(({ text }) => text);
}

function comment(type, line, value) {
  return {
    type,
    value,
    loc: { start: { line }, end: { line: line + value.split('\n').length - 1 } },
  };
}
