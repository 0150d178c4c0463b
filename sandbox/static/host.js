// The mini-program's frame asks the phone around it (program.js).
window.__mpInit = parent.Program.greet(window);
