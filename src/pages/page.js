/* What makes the pages pleasanter where scripts run. All of them are whole without it. */
for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    /* A second click while the answer is on its way sends nothing more. */
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
}
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});

/* Says what a choice that is not saved yet will come to, and asks before it is lost. */
const after = document.getElementById('after');
if (after) {
  const switches = [...document.querySelectorAll('[role=switch]')];
  const isChanged = () => switches.some((each) => each.checked !== each.defaultChecked);
  document.addEventListener('change', () => {
    const count = switches.filter((each) => each.checked).length;
    after.textContent = isChanged() ? after.dataset.text.replace('#', count) : '';
  });
  addEventListener('beforeunload', (event) => {
    if (isChanged() && ![...document.forms].some((form) => form.dataset.sent)) event.preventDefault();
  });
}

/* The list of languages closes as menus do. */
const languages = document.querySelector('details');
if (languages) {
  document.addEventListener('click', ({ target }) => {
    if (!languages.contains(target)) languages.open = false;
  });
  languages.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    languages.open = false;
    languages.firstChild.focus();
  });
}
