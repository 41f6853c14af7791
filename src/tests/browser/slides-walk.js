// Fonctions du parcours des diapositives, tel qu'une salle les voit. Rien n'y est exécuté par le noyau, sauf par « run ».
const walk = (() => {
    const scroller = () => document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer');
    const cells = () => [...scroller().querySelectorAll('.jp-Cell')];
    const seen = () => cells().filter(cell => !cell.classList.contains('cours-cache'));
    const counter = () => document.querySelector('#cours-compte')?.textContent ?? '';
    const isFirst = () => counter().startsWith('1 / ');
    const press = (key, shiftKey = false) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, shiftKey, bubbles: true}));

    const frames = async count => {
        for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame);
    };

    /** @param what ce que l'on attend, dit si cela ne vient pas */
    const until = async (reached, what) => {
        const end = performance.now() + 90_000;
        while (!reached()) {
            if (performance.now() > end) throw new Error(`attendu en vain, diapositive ${counter()} : ${what}`);
            await frames(1);
        }
    };

    /** La prose est mise en forme, l'image est arrivée. */
    const isShown = cell => [...cell.querySelectorAll('img')].every(image => image.complete)
        && (!cell.matches('.jp-MarkdownCell') || cell.querySelector('.jp-MarkdownOutput')?.hasChildNodes());

    const toFirst = () => {
        for (let i = 0; i < 1000 && !isFirst(); i++) press('PageUp');
        press('PageUp');                               // les conclusions de la première se cachent aussi
    };

    const pictures = new Map();

    /** La taille, à l'écran, du plus petit texte d'un dessin. */
    const smallestInSvg = svg => Math.min(Infinity, ...[...svg.querySelectorAll('text, tspan')]
        .filter(text => [...text.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
        .map(text => {
            const {a, b, c, d} = text.getScreenCTM();
            return parseFloat(getComputedStyle(text).fontSize) * Math.sqrt(Math.abs(a * d - b * c));
        }));

    /** Un dessin de media/ est une image : pour mesurer son texte, on le pose un instant dans la page, aux mêmes dimensions. */
    const smallestInImage = async image => {
        if (!/\.svg\b/.test(image.src)) return Infinity;
        if (!pictures.has(image.src)) pictures.set(image.src, await (await fetch(image.src)).text());
        const place = document.createElement('div');
        place.attachShadow({mode: 'open'}).innerHTML = pictures.get(image.src).replace(/^[\s\S]*?(?=<svg)/, '');
        const svg = place.shadowRoot.querySelector('svg');
        svg.setAttribute('width', image.clientWidth);
        svg.setAttribute('height', image.clientHeight);
        document.body.append(place);
        try {
            return smallestInSvg(svg);
        } finally {
            place.remove();
        }
    };

    const smallestIn = async cell => {
        let smallest = Infinity;
        const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        for (let text = texts.nextNode(); text; text = texts.nextNode()) {
            const {parentElement: element} = text;
            if (!text.data.trim() || element.closest('svg, style, .jp-InputPrompt, .jp-OutputPrompt')) continue;
            if (!element.checkVisibility()) continue;
            smallest = Math.min(smallest, parseFloat(getComputedStyle(element).fontSize));
        }
        for (const svg of cell.querySelectorAll('.jp-RenderedSVG svg, .jp-RenderedHTMLCommon svg'))
            if (svg.checkVisibility()) smallest = Math.min(smallest, smallestInSvg(svg));
        for (const image of cell.querySelectorAll('img'))
            if (image.checkVisibility()) smallest = Math.min(smallest, await smallestInImage(image));
        return smallest;
    };

    const isCut = cell => {
        const {right} = scroller().getBoundingClientRect();
        return [...cell.querySelectorAll('.cm-scroller, pre, table, img, svg, .jp-OutputArea-output')]
            .filter(part => part.checkVisibility() && !part.closest('.jp-cell-toolbar, .jp-Toolbar'))
            .some(part => part.getBoundingClientRect().right > right + 1
                || part.matches('.cm-scroller, pre, .jp-OutputArea-output') && part.scrollWidth > part.clientWidth + 1);
    };

    const isInView = part => {
        const {top, bottom} = scroller().getBoundingClientRect();
        const end = part.getBoundingClientRect().bottom;
        return end > top && end <= bottom + 2;
    };

    /** En descendant, on arrive au bas de cette cellule, et aucune sortie n'a sa propre barre de défilement. */
    const isReached = cell => {
        scroller().scrollTop = scroller().scrollHeight;
        return isInView(cell) && !seen().some(one => one.querySelector('.jp-mod-outputsScrolled'));
    };

    /** Ce que la diapositive montre, et de combien de points elle dépasse le bas de l'écran. */
    const measure = async () => {
        await until(() => seen().every(isShown), 'la mise en forme de la prose');
        await frames(2);                              // l'éditeur prend sa hauteur quand il devient visible
        scroller().scrollTop = 0;
        const visible = seen();
        const all = cells();
        const smallest = [];
        for (const cell of visible) smallest.push(await smallestIn(cell));
        const least = Math.min(...smallest);
        return {
            number: parseInt(counter()),
            cells: visible.map(cell => all.indexOf(cell)),
            height: Math.round(visible.at(-1).getBoundingClientRect().bottom - visible[0].getBoundingClientRect().top),
            over: Math.max(0, Math.round(visible.at(-1).getBoundingClientRect().bottom - scroller().getBoundingClientRect().bottom)),
            cut: visible.filter(isCut).map(cell => all.indexOf(cell)),
            reached: isReached(visible.at(-1)),
            smallest: Math.round(10 * least) / 10,
            smallestIn: all.indexOf(visible[smallest.indexOf(least)])
        };
    };

    /** Passe à la diapositive suivante ; rend faux à la dernière. */
    const goOn = () => {
        const before = counter();
        for (let i = 0; i < 50 && counter() === before; i++) press('PageDown');
        return counter() !== before;
    };

    /** Montre la conclusion suivante, ou la diapositive suivante ; rend faux à la fin. */
    const step = () => {
        const before = seen();
        press('PageDown');
        return seen().length !== before.length || seen()[0] !== before[0];
    };

    const start = async () => {
        await until(() => document.querySelector('#cours-compte') && cells().length > 0, 'la première diapositive');
        toFirst();
    };

    /**
     * Toutes les diapositives, telles qu'elles apparaissent. Avant qu'on l'exécute, ce que l'on en conclut n'est pas montré ; après, on
     * le regarde aussi, une conclusion après l'autre.
     */
    const slides = async executed => {
        const found = [];
        await start();
        do found.push(await measure()); while (executed ? step() : goOn());
        return found;
    };

    /** Exécute une cellule de la diapositive ; rend vrai si l'on voit le bas de ce qu'elle a affiché. */
    const runOne = async (cell, following) => {
        press('Enter', true);
        const prompt = cell.querySelector('.jp-InputPrompt');
        await until(() => /\d/.test(prompt.textContent), `la fin de la cellule ${cells().indexOf(cell)}, ${prompt.textContent}`);
        if (following) await until(() => following.matches('.jp-mod-active'), `la cellule ${cells().indexOf(following)}`);
        await frames(10);                             // la page suit la sortie une image après qu'elle a grandi
        const output = [...cell.querySelectorAll('.jp-OutputArea-child')].at(-1);
        return !output || isInView(output);
    };

    /** Exécute la diapositive, comme un professeur ; rend les cellules dont on ne voit pas la dernière ligne. */
    const run = async () => {
        const unseen = [];
        const code = seen().filter(cell => cell.matches('.jp-CodeCell'));
        for (const [place, cell] of code.entries())
            if (!await runOne(cell, code[place + 1])) unseen.push(cells().indexOf(cell));
        return unseen;
    };

    return {slides, start, run, goOn};
})();
