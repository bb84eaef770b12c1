/** Every project's unit tests in one process. */
export default { projects: ['<rootDir>/{apps,libs,e2e}/*/jest.config.mjs'] };
