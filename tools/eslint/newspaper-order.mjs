/**
 * ESLint rule: a file reads like a newspaper. Exported functions stand before the others, and
 * every other function stands below the place of its first use, so that one reads downwards.
 */
export const newspaperOrder = {
  meta: {
    type: 'layout',
    schema: [],
    messages: {
      exportedFirst: 'Exported functions come first: move {{name}} below them.',
      belowUse: '{{name}} stands above its first use: move it below.',
    },
  },
  create(context) {
    return {
      'Program:exit': (program) => {
        const functions = program.body.flatMap(functionOf);
        const lastExported = functions.findLast(({ exported }) => exported)?.node.range[0] ?? -1;
        for (const { node, exported } of functions) {
          if (exported) {
            continue;
          }
          const { name } = node.id;
          if (node.range[0] < lastExported) {
            context.report({ node: node.id, messageId: 'exportedFirst', data: { name } });
          } else if (isAboveFirstUse(context.sourceCode, node)) {
            context.report({ node: node.id, messageId: 'belowUse', data: { name } });
          }
        }
      },
    };
  },
};

function functionOf(statement) {
  const exported = statement.type === 'ExportNamedDeclaration';
  const node = exported ? statement.declaration : statement;
  return node?.type === 'FunctionDeclaration' ? [{ node, exported }] : [];
}

function isAboveFirstUse(sourceCode, node) {
  const [variable] = sourceCode.getDeclaredVariables(node);
  const uses = variable.references
    .map(({ identifier }) => identifier.range[0])
    .filter((position) => position < node.range[0] || position > node.range[1]);
  return uses.length > 0 && Math.min(...uses) > node.range[0];
}
