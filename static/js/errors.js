// After a refused form the summary has the focus, and a link in it puts the caret into its field.
export default function start(summary) {
  summary.focus();
  summary.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const field = target.matches('fieldset') ? target.querySelector('input, select, textarea') ?? target : target;
    field.focus();
    target.scrollIntoView({ block: 'center' });
  });
}
