import { commentParagraphs, markdownText } from '../prose/paragraphs.mjs';
import { proseFaults } from '../prose/prose-faults.mjs';

const TEST_FUNCTIONS = new Set(['describe', 'it', 'test']);

/** A value of a table of cases in the name of its test. */
const PLACEHOLDER = /%[a-zA-Z#$]|\$[a-zA-Z#][\w.]*/g;

/**
 * ESLint rule: Markdown, comments, texts in code and names of tests are plain English.
 * `privateWords` of its option come from the glossary; as an option, because ESLint's cache then
 * notices a change of them. `texts: false` leaves out the texts, for code whose texts have to be
 * those of somebody else.
 */
export const plainEnglish = {
  meta: {
    type: 'suggestion',
    schema: [
      {
        type: 'object',
        required: ['privateWords'],
        properties: { privateWords: { type: 'array' }, texts: { type: 'boolean' } },
        additionalProperties: false,
      },
    ],
    messages: { fault: '{{fault}}' },
  },
  create(context) {
    const [{ privateWords, texts = true }] = context.options;
    const check = (loc, paragraph) => {
      for (const fault of proseFaults(paragraph, privateWords)) {
        context.report({ loc, messageId: 'fault', data: { fault } });
      }
    };
    const checkMarkdown = (node) => check(node.position, markdownText(node));
    const names = new Set();
    const checkText = (node) => {
      const text = textOf(node);
      if (texts && text !== undefined && (names.has(node) || isForPeople(text))) {
        check(node.loc, text.replace(PLACEHOLDER, 'Value'));
      }
    };
    return {
      paragraph: checkMarkdown,
      heading: checkMarkdown,
      tableCell: checkMarkdown,
      Program: () => {
        for (const { loc, text } of commentParagraphs(context.sourceCode.getAllComments())) {
          check(loc, text);
        }
      },
      CallExpression: ({ callee, arguments: [name] }) => {
        if (TEST_FUNCTIONS.has(calledName(callee))) {
          names.add(name);
        }
      },
      Literal: checkText,
      TemplateLiteral: checkText,
    };
  },
};

/** The text of a literal; each value in a template is one word. */
function textOf(node) {
  if (node.type === 'TemplateLiteral') {
    return node.quasis.map(({ value }) => value.cooked).join('Value');
  }
  return typeof node.value === 'string' ? node.value : undefined;
}

/** `it` of `it(…)`, `it.skip(…)` and `it.each(…)(…)`. */
function calledName(callee) {
  const inner = callee.object ?? callee.callee ?? callee.tag;
  return inner === undefined ? callee.name : calledName(inner);
}

/**
 * Texts for people are lines of four words or more; other strings are scripts, rules, manifests.
 */
function isForPeople(text) {
  return /^[\p{L}“"(][\p{L}\p{N},;:'’"“”()-]*( [\p{L}\p{N},;:.'’"“”()/=-]+){3,}$/u.test(text);
}
