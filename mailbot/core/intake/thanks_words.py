"""Tables, by language, of what people write when all they want to say is thanks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Gratitude:
    """Phrases of one language, separated by bars. Nothing but these, with a `thanks` or a `solved`, is thanks.

    `filler` may be added and says nothing new; `hello` begins a mail and is followed by a name.
    """

    thanks: str
    solved: str
    filler: str
    hello: str
    spaced: bool = True


GRATITUDE: Final[dict[str, Gratitude]] = {
    "en": Gratitude(
        thanks="thanks|thank you|thank u|thankyou|thx|ty|tysm|many thanks|you guys are the best|you guys rock|you've been great|you have been great|much appreciated|i appreciate it|appreciate it"
        "|i really appreciate it|really appreciate it|i appreciate your help|we appreciate it|cheers|you are the best"
        "|you're the best|you rock|much obliged|grateful|i'm grateful|i am grateful|appreciated|thanks again",
        solved="that was it|you can close this one|you can close it"
        "|that worked|it worked|this worked|that works|it works|this works|works now|works again|working now"
        "|working again|it is working|it's working|everything works|everything is working|all works|all is working"
        "|that did it|that did the trick|that solved it|that fixed it|this fixed it|it is fixed|it's fixed|fixed now"
        "|problem solved|issue solved|issue resolved|problem fixed|issue fixed|the problem is solved|the problem is fixed"
        "|the issue is fixed|the issue is resolved|the problem is resolved|the issue is solved|it is solved|it's solved"
        "|it's all working|it is all working|all working|it works perfectly|works well|it works well|works|working|solved|resolved|first orders are in|our first orders are in|the first orders are in|orders are coming in|orders are in"
        "|orders are coming in again|sales are coming in again|we are back|we're back|we are back online|we're back online"
        "|back online|back in business|up and running|up and running again|back up and running|we are up and running"
        "|we're up and running|we are back up and running|we're back up and running|it arrived|it has arrived"
        "|everything arrived|everything has arrived|got the refund|the refund arrived|all good|all is good|everything is fine|all fine|all set|i'm all set|we're all set"
        "|we are all set|i am all set|that helped|this helped|that solved my problem|that fixed the problem"
        "|that fixed the issue|that solved the problem|it works fine|works fine|works perfectly|works great"
        "|works like a charm|worked perfectly|worked like a charm|back to normal|sorted|all sorted|got it working",
        filler="see you monday|see you on monday|see you tuesday|see you on tuesday|see you wednesday|see you on wednesday|see you thursday|see you on thursday|see you friday|see you on friday|yep"
        "|so|very|much|a lot|lots|a million|a bunch|a ton|for your help|for the help|for all your help|for your"
        "|for the|for helping|for sorting this out|for sorting it out|for sorting that out|for getting back to me|for getting back to us|for looking into it|for looking into this|for taking care of it|for taking care of this|for the quick fix|for fixing it|for fixing this|fix|solution|so quickly|quickly|for helping me|for helping us|for this|for that|for it|for everything|for all|your|help"
        "|quick|fast|swift|prompt|speedy|kind|great|excellent|amazing|fantastic|awesome|wonderful|brilliant|perfect"
        "|lovely|super|good|nice|reply|response|answer|support|service|assistance|work|job|great job|good job|well done"
        "|nice work|update|information|info|explanation|clarification|patience|time|really|indeed|truly|now|again|and"
        "|all|everyone|team|guys|folks|both|once more|once again|have a nice day|have a good day"
        "|have a great day|have a lovely day|have a good one|have a nice weekend|have a great weekend"
        "|have a good weekend|have a good evening|have a nice evening|have a great week|best regards|kind regards"
        "|warm regards|regards|best|best wishes|all the best|sincerely|take care|bye|you too|same to you|yay|wow|great news"
        "|that's great|that is great|that's perfect|that is perfect|you're welcome|no worries|i'm happy|i am happy"
        "|we are happy|so happy|very happy|what a|such a|ok|okay|got it|noted|understood|fine|perfectly|helpful"
        "|very helpful|that was helpful|that was quick|that was fast|wow that was fast|to you all|to all of you|to you"
        "|from the bottom of my heart|as always|just wanted to say|i just wanted to say|i wanted to say|sir|madam",
        hello="hi|hello|hey|dear|good morning|good afternoon|good evening|hi there|hello there",
    ),
    "de": Gratitude(
        thanks="danke|dankeschön|danke schön|vielen dank|herzlichen dank|besten dank|tausend dank|lieben dank|dank"
        "|ich danke ihnen|ich danke dir|ich bedanke mich|wir danken ihnen|merci|danke ihnen|danke dir|danke euch",
        solved="es funktioniert|das funktioniert|funktioniert|jetzt funktioniert es|jetzt geht es|jetzt geht's|es geht"
        "|geht wieder|geht jetzt|es geht jetzt|es geht wieder|jetzt klappt es|jetzt klappt's|es klappt|klappt|klappt jetzt"
        "|hat geklappt|das hat geklappt|es hat geklappt|hat funktioniert|das hat funktioniert|es hat funktioniert"
        "|alles funktioniert|jetzt läuft alles|jetzt läuft es|läuft alles|läuft alles wieder|jetzt funktioniert alles|jetzt geht alles|geht alles wieder|alles geht|läuft wieder|läuft jetzt|es läuft|es läuft wieder|alles läuft|problem gelöst"
        "|das problem ist gelöst|problem behoben|das problem ist behoben|ist behoben|ist gelöst|hat sich erledigt"
        "|alles gut|alles bestens|alles in ordnung|das war's|das hat geholfen"
        "|hat geholfen|damit ist alles gelöst",
        filler="bis montag|bis dienstag|bis mittwoch|bis donnerstag|bis freitag|bis samstag|bis sonntag"
        "|passt|passt alles|alles klar|erledigt|sehr|so|ganz|für ihre hilfe|für die hilfe|für deine hilfe|für eure hilfe|für ihre|für die|für deine"
        "|für eure|für das|für den|für alles|dafür|ihre|die|schnelle|rasche|prompte|tolle|super|gute|große|freundliche"
        "|nette|kompetente|hilfe|antwort|rückmeldung|unterstützung|info|information|bearbeitung|lösung|erklärung|service"
        "|reaktion|bemühungen|mühe|geduld|perfekt|prima|toll|klasse|spitze|wunderbar|großartig|genial|top|hervorragend"
        "|ausgezeichnet|jetzt|nun|wieder|alles|einwandfrei|wunderbar|bestens|und|auch|nochmals|nochmal|noch einmal"
        "|schönen tag|schönen tag noch|einen schönen tag|einen schönen tag noch|schönes wochenende"
        "|ein schönes wochenende|schönen abend|schönen feierabend|ihnen auch|ebenso|gleichfalls|viele grüße|liebe grüße"
        "|beste grüße|mit freundlichen grüßen|freundliche grüße|mit freundlichem gruß|gruß|grüße|mfg|lg|vg|ok|okay"
        "|freut mich|wir sind begeistert|hat mich sehr gefreut|ihnen|euch|dir|allen|an das team|team|viele gruesse"
        "|mit freundlichen gruessen|liebe gruesse|bis dann|tschüss",
        hello="hallo|guten tag|guten morgen|guten abend|moin|servus|hi|liebe|lieber|liebes|sehr geehrte|sehr geehrter"
        "|sehr geehrte frau|sehr geehrter herr|grüß gott|hallo frau|hallo herr",
    ),
    "fr": Gratitude(
        thanks="merci|merci beaucoup|mille mercis|un grand merci|grand merci|merci bien|merci à vous|merci infiniment"
        "|je vous remercie|je te remercie|nous vous remercions|encore merci|merci encore|remerciements"
        "|avec mes remerciements|avec tous mes remerciements",
        solved="ça marche|cela marche|ça fonctionne|cela fonctionne|tout fonctionne|tout marche|ça a marché|cela a marché"
        "|ça a fonctionné|cela a fonctionné|problème résolu|le problème est résolu|c'est résolu|c'est réglé|tout est réglé"
        "|tout est rentré dans l'ordre|tout est bon|tout va bien|tout est ok|ça refonctionne|ça remarche"
        "|c'est parfait|nickel",
        filler="à lundi|à mardi|à mercredi|à jeudi|à vendredi|à samedi"
        "|bcp"
        "|c'est bon|pour votre aide|pour ton aide|pour votre|pour ton|pour la|pour le|pour vos|pour tout|pour l'aide|votre|aide"
        "|réponse|réactivité|retour|rapidité|rapide|prompte|si|très|bien|beaucoup|infiniment|super|parfait|génial"
        "|excellent|excellente|formidable|impeccable|top|assistance|support|soutien|efficacité|patience|gentillesse"
        "|explication|explications|information|informations|de votre|et|maintenant|à nouveau|de nouveau"
        "|désormais|tout|toute l'équipe|à toute l'équipe|l'équipe|équipe|bonne journée|bonne soirée|bon week end"
        "|bonne fin de journée|bonne semaine|excellente journée|très bonne journée|à vous aussi|de même|cordialement"
        "|bien cordialement|bien à vous|très cordialement|salutations|meilleures salutations|cdt|ok|c'est noté|noté|parfaitement",
        hello="bonjour|bonsoir|salut|cher|chère|madame|monsieur|bonjour madame|bonjour monsieur|coucou",
    ),
    "es": Gratitude(
        thanks="gracias|muchas gracias|mil gracias|muchísimas gracias|muy agradecido|muy agradecida|se lo agradezco"
        "|te lo agradezco|os lo agradezco|agradecido|agradecida|gracias de nuevo|les agradezco|le agradezco",
        solved="podéis cerrarlo|pueden cerrarlo"
        "|funciona|ya funciona|ahora funciona|todo funciona|ha funcionado|funcionó|ya me funciona|ya está|ya está todo"
        "|solucionado|resuelto|problema resuelto|problema solucionado|el problema está resuelto|ya está resuelto"
        "|ya está solucionado|arreglado|ya está arreglado|todo bien|todo en orden|todo perfecto|todo correcto",
        filler="hasta el lunes|hasta el martes|hasta el miércoles|hasta el jueves|hasta el viernes|hasta el sábado"
        "|por su ayuda|por tu ayuda|por vuestra ayuda|por la ayuda|por su|por tu|por la|por el|por todo|por vuestra"
        "|por ayudarme|por|su|ayuda|respuesta|rápida|pronta|rapidez|atención|apoyo|soporte|servicio|información"
        "|explicación|paciencia|gestión|tan|muy|mucho|perfecto|perfecta|perfectamente|genial|excelente|estupendo"
        "|fantástico|fenomenal|ahora|ya|de nuevo|otra vez|todo|bien|y|equipo|a todos|al equipo|un saludo"
        "|saludos|saludos cordiales|un cordial saludo|un abrazo|atentamente|cordialmente|que tenga un buen día|buen día"
        "|buen fin de semana|feliz día|igualmente|ok|entendido",
        hello="hola|buenos días|buenas tardes|buenas noches|buenas|estimado|estimada|estimados|querido|querida",
    ),
    "it": Gratitude(
        thanks="grazie|grazie mille|mille grazie|molte grazie|grazie tante|tante grazie|vi ringrazio|la ringrazio"
        "|ti ringrazio|ringrazio|grazie ancora|grazie infinite",
        solved="funziona|ora funziona|adesso funziona|tutto funziona|ha funzionato|funziona tutto|risolto|problema risolto"
        "|il problema è risolto|tutto risolto|tutto a posto|tutto ok|tutto bene|è tutto a posto|sistemato",
        filler="a lunedì|a martedì|a mercoledì|a giovedì|a venerdì|a sabato"
        "|di cuore|dottoressa|dottore"
        "|va bene|per il|per la|per l'aiuto|per il vostro aiuto|per il tuo aiuto|per il suo aiuto|per tutto|per l'assistenza"
        "|vostro|vostra|tuo|suo|sua|aiuto|risposta|rapida|veloce|tempestiva|celere|assistenza|supporto|disponibilità"
        "|gentilezza|pazienza|informazioni|spiegazione|servizio|molto|così|perfetto|perfetta|perfettamente|ottimo|ottima"
        "|eccellente|fantastico|grandi|siete grandi|ora|adesso|di nuovo|tutto|e|bene|ancora|a tutti|al team"
        "|buona giornata|buona serata|buon lavoro|buon weekend|buon fine settimana|altrettanto|saluti|cordiali saluti"
        "|distinti saluti|un saluto|un cordiale saluto|a presto|ok|ricevuto|capito",
        hello="ciao|buongiorno|buonasera|salve|gentile|gentili|caro|cara|buon giorno|buona sera",
    ),
    "pt": Gratitude(
        thanks="obrigado|obrigada|muito obrigado|muito obrigada|obrigadão|agradeço|agradecido|agradecida|grato|grata"
        "|valeu|obrigado novamente|obrigada novamente|agradeço muito|bem haja",
        solved="funcionou|funciona|já funciona|agora funciona|está funcionando|está a funcionar|já está a funcionar"
        "|agora está funcionando|deu certo|resolvido|problema resolvido|o problema está resolvido|já está resolvido"
        "|tudo resolvido|tudo certo|tudo ok|tudo bem|tudo em ordem",
        filler="até segunda|até terça|até quarta|até quinta|até sexta|até sábado"
        "|pela ajuda|pela|pelo|pela sua|pela vossa|pelo seu|por tudo|sua|vossa|seu|ajuda|resposta|rápida|rapidez"
        "|atenção|apoio|suporte|retorno|atendimento|disponibilidade|paciência|informação|explicação|muito|tão|perfeito"
        "|perfeita|perfeitamente|ótimo|ótima|óptimo|excelente|maravilha|fantástico|agora|já|novamente|de novo|tudo|e"
        "|bem|mais uma vez|desde já|a todos|à equipe|à equipa|bom dia|boa tarde|bom fim de semana|bom trabalho"
        "|tenha um bom dia|tenha um ótimo dia|igualmente|cumprimentos|melhores cumprimentos|com os melhores cumprimentos"
        "|atenciosamente|abraço|um abraço|abraços|ok|certo|entendido",
        hello="olá|oi|bom dia|boa tarde|boa noite|caro|cara|prezado|prezada|prezados|estimado|estimada",
    ),
    "nl": Gratitude(
        thanks="bedankt|dank|dank je|dank u|dank u wel|dank je wel|dankjewel|dankuwel|hartelijk dank|heel erg bedankt"
        "|hartelijk bedankt|heel veel dank|veel dank|nogmaals bedankt|nogmaals dank|duizendmaal dank|bedankt hoor",
        solved="is al opgelost|deze mag dicht|mag dicht|deze kan dicht"
        "|het werkt|dat werkt|werkt|het werkt nu|het werkt weer|nu werkt het|alles werkt|alles werkt weer|werkt nu"
        "|werkt weer|dat werkte|het is gelukt|gelukt|opgelost|het is opgelost|probleem opgelost|het probleem is opgelost"
        "|alles in orde|alles goed|alles is in orde|dat heeft geholpen",
        filler="tot maandag|tot dinsdag|tot woensdag|tot donderdag|tot vrijdag|tot zaterdag"
        "|helemaal goed|in orde|voor je hulp|voor uw hulp|voor jullie hulp|voor de hulp|voor de|voor het|voor je|voor uw|voor jullie"
        "|voor alles|hulp|snelle|goede|fijne|reactie|antwoord|service|ondersteuning|uitleg|informatie|moeite|geduld|heel"
        "|erg|zeer|veel|zo|perfect|top|super|geweldig|prima|fantastisch|mooi|fijn|nu|weer|alles|en|ook"
        "|fijne dag|een fijne dag|fijne avond|fijn weekend|prettige dag|nog een fijne dag|met vriendelijke groet"
        "|vriendelijke groet|vriendelijke groeten|met vriendelijke groeten|groet|groeten|groetjes|mvg|ok|oké"
        "|hetzelfde|allemaal|goed",
        hello="hallo|hoi|beste|goedemorgen|goedemiddag|goedenavond|dag|geachte|hi|geachte heer|geachte mevrouw",
    ),
    "pl": Gratitude(
        thanks="dziękuję|dziękujemy|dzięki|bardzo dziękuję|serdecznie dziękuję|wielkie dzięki|dziękuje|dzięki wielkie"
        "|jeszcze raz dziękuję|dziękuję bardzo|dziękuję serdecznie|bardzo dziękujemy",
        solved="działa|już działa|teraz działa|wszystko działa|zadziałało|pomogło|to pomogło|rozwiązane|problem rozwiązany"
        "|problem został rozwiązany|wszystko w porządku|wszystko ok|wszystko gra|udało się|jest dobrze|jest ok",
        filler="do poniedziałku|do wtorku|do środy|do czwartku|do piątku|do soboty|do niedzieli"
        "|i do zobaczenia|do zobaczenia"
        "|za pomoc|za szybką|za szybką odpowiedź|za odpowiedź|za wszystko|za informację|za wsparcie|za wyjaśnienie"
        "|za cierpliwość|pomoc|odpowiedź|reakcję|bardzo|super|świetnie|doskonale|znakomicie|idealnie|wspaniale|już|teraz"
        "|znowu|ponownie|wszystko|i|raz jeszcze|jeszcze raz|miłego dnia|dobrego dnia|miłego weekendu|miłego wieczoru"
        "|wzajemnie|pozdrawiam|pozdrawiam serdecznie|serdecznie pozdrawiam|pozdrowienia|z poważaniem|ok|rozumiem"
        "|państwu|panu|pani|wam|ci",
        hello="cześć|dzień dobry|witam|dobry wieczór|hej|szanowni państwo|szanowny panie|szanowna pani|witaj",
    ),
    "sv": Gratitude(
        thanks="tack|tack så mycket|hjärtligt tack|tack ska du ha|tack ska ni ha|tusen tack|stort tack|tackar|många tack|tack igen|ett stort tack|tack snälla",
        solved="det har löst sig|ni kan stänga ärendet|ärendet kan stängas"
        "|det fungerar|fungerar|nu fungerar det|det fungerar nu|allt fungerar|det fungerade|fungerar igen"
        "|nu funkar det|det funkar|det funkade|funkar|löst|problemet är löst|det löste sig|allt är bra|allt bra|allt ok"
        "|det hjälpte|det gick bra",
        filler="vi ses på måndag|vi ses på tisdag|vi ses på onsdag|vi ses på torsdag|vi ses på fredag"
        "|för hjälpen|för din hjälp|för er hjälp|för all hjälp|för svaret|för det snabba svaret|för snabbt svar"
        "|för snabb hjälp|för snabb|för det|för allt|hjälp|svar|snabbt|snabb|återkoppling|service|så|mycket|perfekt|toppen"
        "|super|underbart|jättebra|utmärkt|bra|härligt|kanon|nu|igen|allt|och|ha en bra dag|ha en fin dag"
        "|trevlig helg|ha en trevlig helg|detsamma|hälsningar|vänliga hälsningar|med vänliga hälsningar|mvh|vänligen|ok"
        "|till er alla|alla",
        hello="hej|hejsan|god morgon|god kväll|hallå|bästa|hej på er|goddag",
    ),
    "da": Gratitude(
        thanks="tak|mange tak|tusind tak|tak skal du have|tak skal i have|tusinde tak|tak igen|mange tak igen",
        solved="det virker|virker|nu virker det|det virker nu|det virker igen|alt virker|det virkede|virker igen"
        "|det fungerer|nu fungerer det|løst|problemet er løst|det er løst|alt er i orden|alt er godt|alt ok|det hjalp",
        filler="for hjælpen|for din hjælp|for jeres hjælp|for al hjælpen|for svaret|for det hurtige svar|for hurtigt svar"
        "|for hurtig hjælp|for det|for alt|hjælp|svar|hurtigt|hurtig|service|så|meget|perfekt|super|fantastisk|dejligt"
        "|rigtig|godt|skønt|nu|igen|alt|og|hav en god dag|god dag|god weekend|i lige måde|hilsen"
        "|venlig hilsen|med venlig hilsen|venlige hilsner|mvh|kh|ok|til jer alle|alle",
        hello="hej|goddag|godmorgen|kære|hejsan|god aften",
    ),
    "no": Gratitude(
        thanks="takk|tusen takk|mange takk|takk skal du ha|takk skal dere ha|hjertelig takk|takk igjen|tusen takk igjen",
        solved="det virker|virker|nå virker det|det virker nå|alt virker|det virket|det fungerer|fungerer|nå fungerer det"
        "|det fungerer nå|alt fungerer|det fungerte|løst|problemet er løst|det er løst|alt er i orden|alt i orden|alt ok"
        "|det hjalp|det ordnet seg",
        filler="for hjelpen|for hjelp|for din hjelp|for all hjelp|for svaret|for svar|for raskt svar|for rask hjelp"
        "|for det raske svaret|for det|for alt|hjelp|svar|raskt|rask|service|så|mye|perfekt|supert|super|flott|topp"
        "|fantastisk|veldig|bra|fint|nå|igjen|alt|og|ha en fin dag|ha en god dag|god helg|i like måte|hilsen"
        "|vennlig hilsen|med vennlig hilsen|mvh|beste hilsen|ok|alle sammen|alle",
        hello="hei|god morgen|god kveld|kjære|hallo|heisann|goddag",
    ),
    "fi": Gratitude(
        thanks="kiitos|kiitoksia|kiitti|suuret kiitokset|paljon kiitoksia|kiitos paljon|iso kiitos|tuhannet kiitokset"
        "|kiitän|kiitokset|lämmin kiitos|kiitos vielä",
        solved="toimii|se toimii|nyt toimii|toimii nyt|toimii taas|kaikki toimii|se toimi|nyt se toimii|toimi|ongelma ratkesi"
        "|ongelma on ratkaistu|ongelma ratkaistu|ratkaistu|asia on kunnossa|asia kunnossa|kaikki kunnossa|kaikki hyvin"
        "|tämä auttoi|se auttoi",
        filler="avusta|avustasi|avustanne|nopeasta|nopeasta vastauksesta|nopeasta avusta|vastauksesta|palvelusta|tiedosta"
        "|kaikesta|hyvästä|hyvästä palvelusta|paljon|todella|oikein|erittäin|hienoa|loistavaa|mahtavaa|mahtava|täydellistä"
        "|upeaa|hyvä|super|nyt|taas|kaikki|ja|hyvää päivänjatkoa|mukavaa päivää|hyvää viikonloppua|samoin"
        "|terveisin|ystävällisin terveisin|parhain terveisin|t|yt|ok|kaikille|teille|sinulle",
        hello="hei|moi|terve|hyvää päivää|hyvää huomenta|moikka|heippa|hyvä",
    ),
    "cs": Gratitude(
        thanks="děkuji|díky|děkuju|děkujeme|moc děkuji|mockrát děkuji|díky moc|velmi děkuji|velké díky|mnohokrát děkuji"
        "|ještě jednou děkuji|děkuji mnohokrát|děkuji moc",
        solved="funguje|funguje to|už to funguje|už funguje|teď to funguje|vše funguje|všechno funguje|fungovalo to"
        "|vyřešeno|problém vyřešen|problém je vyřešen|je to vyřešeno|vše v pořádku|všechno v pořádku|vše ok|pomohlo to"
        "|to pomohlo|povedlo se",
        filler="za pomoc|za vaši pomoc|za rychlou odpověď|za rychlou|za odpověď|za rychlou reakci|za vše|za všechno"
        "|za informaci|za informace|za vysvětlení|za podporu|za trpělivost|pomoc|odpověď|moc|velmi|super|skvělé|skvěle"
        "|výborně|výborné|perfektní|paráda|výborný|už|teď|nyní|znovu|zase|vše|všechno|a|ještě jednou|hezký den|pěkný den"
        "|krásný den|přeji hezký den|hezký víkend|nápodobně|i vám|s pozdravem|pozdrav|zdravím|ok|vám|ti|rozumím",
        hello="dobrý den|ahoj|dobré ráno|dobrý večer|vážený pane|vážená paní|zdravím|čau",
    ),
    "ru": Gratitude(
        thanks="спасибо|спасибо большое|большое спасибо|огромное спасибо|благодарю|благодарим|спасибо огромное|спс"
        "|благодарю вас|спасибо вам|спасибо ещё раз|ещё раз спасибо|от души|спасибки|премного благодарен",
        solved="работает|всё работает|уже работает|теперь работает|заработало|всё заработало|теперь всё работает|помогло"
        "|это помогло|всё получилось|получилось|решено|проблема решена|вопрос решён|вопрос закрыт|всё в порядке"
        "|всё хорошо|всё ок|всё отлично|разобрались",
        filler="за помощь|за вашу помощь|за быстрый ответ|за ответ|за оперативность|за оперативный ответ|за быструю помощь"
        "|за поддержку|за информацию|за разъяснение|за всё|за терпение|большое|огромное|вам|тебе|очень|отлично|супер"
        "|замечательно|прекрасно|класс|идеально|здорово|теперь|уже|снова|опять|всё|и|ещё раз|хорошего дня"
        "|хорошего вечера|хороших выходных|всего доброго|всего хорошего|взаимно|с уважением|с наилучшими пожеланиями|ок"
        "|понял|поняла|понятно|всем|команде",
        hello="здравствуйте|добрый день|доброе утро|добрый вечер|привет|уважаемый|уважаемая|приветствую",
    ),
    "uk": Gratitude(
        thanks="дякую|щиро дякую|дуже дякую|дякуємо|велике дякую|красно дякую|дякую вам|щиро вдячний|щиро вдячна|вдячний"
        "|вдячна|ще раз дякую|дякую ще раз|спасибі|велике спасибі",
        solved="працює|все працює|вже працює|тепер працює|запрацювало|все запрацювало|тепер все працює|допомогло"
        "|це допомогло|вирішено|проблему вирішено|питання вирішено|все гаразд|все добре|все ок|вийшло|усе працює",
        filler="за допомогу|за вашу допомогу|за швидку відповідь|за відповідь|за оперативність|за підтримку|за інформацію"
        "|за пояснення|за все|за терпіння|велике|вам|тобі|дуже|чудово|супер|відмінно|прекрасно|ідеально|клас|тепер|вже"
        "|знову|все|і|та|ще раз|гарного дня|хорошого дня|гарних вихідних|всього найкращого|навзаєм|з повагою"
        "|з найкращими побажаннями|ок|зрозуміло|усім|команді",
        hello="вітаю|добрий день|доброго дня|доброго ранку|добрий вечір|привіт|шановний|шановна",
    ),
    "tr": Gratitude(
        thanks="teşekkürler|teşekkür ederim|teşekkür ederiz|çok teşekkürler|çok teşekkür ederim|çok teşekkür ederiz|sağ olun"
        "|sağolun|sağ ol|sağol|minnettarım|eyvallah|tekrar teşekkürler|tekrar teşekkür ederim",
        solved="çalışıyor|şimdi çalışıyor|artık çalışıyor|her şey çalışıyor|çalıştı|işe yaradı|oldu|çözüldü|sorun çözüldü"
        "|problem çözüldü|sorunum çözüldü|düzeldi|her şey yolunda|hallettik|halloldu",
        filler="tamamdır|yardımınız için|yardımlarınız için|yardımın için|hızlı|cevabınız için|yanıtınız için|desteğiniz için"
        "|ilginiz için|her şey için|bilgi için|hızlı cevabınız için|hızlı yanıtınız için|hızlı dönüşünüz için|dönüşünüz için"
        "|çok|harika|süper|mükemmel|muhteşem|şimdi|artık|tekrar|yine|her şey|ve|iyi günler|iyi çalışmalar"
        "|iyi akşamlar|iyi hafta sonları|size de|saygılarımla|saygılar|selamlar|sevgiler|kolay gelsin|tamam|anladım"
        "|herkese|elinize sağlık",
        hello="merhaba|merhabalar|selam|iyi günler|günaydın|sayın|iyi akşamlar",
    ),
    "ja": Gratitude(
        thanks="ありがとうございます|ありがとうございました|ありがとう|どうもありがとう|感謝します|感謝いたします|感謝しております"
        "|御礼申し上げます|お礼申し上げます|助かりました|大変助かりました|とても助かりました",
        solved="解決しましたので|クローズしてください"
        "|解決しました|解決いたしました|無事解決しました|直りました|動きました|動くようになりました|うまくいきました|できました"
        "|問題は解決しました|問題が解決しました|無事に解決しました|使えるようになりました",
        filler="お世話になっております|お世話になります|早速の|迅速な|ご対応|対応|ご返信|返信|ご回答|回答|ご連絡|連絡|サポート|いただき|頂き"
        "|いただきまして|おかげさまで|おかげで|お陰様で|無事に|無事|本当に|誠に|大変|どうも|とても|すぐに|今後とも|引き続き"
        "|よろしくお願いします|よろしくお願いいたします|よろしくお願い致します|宜しくお願いします|宜しくお願いいたします|以上|敬具"
        "|了解しました|承知しました|承知いたしました|完璧です|素晴らしいです|最高です|を|に|、|。|の|も|また",
        hello="こんにちは|おはようございます|こんばんは|お世話になります|お世話になっております|いつもお世話になっております",
        spaced=False,
    ),
    "zh": Gratitude(
        thanks="谢谢|謝謝|多谢|多謝|感谢|感謝|非常感谢|非常感謝|谢谢你|谢谢您|謝謝你|謝謝您|谢谢你们|謝謝你們|十分感谢|太感谢了|谢了"
        "|万分感谢|感激不尽",
        solved="可以了|好了|已经好了|已经可以了|现在可以了|現在可以了|解决了|解決了|已解决|已解決|问题解决了|問題解決了|问题已解决|問題已解決"
        "|已经解决了|已經解決了|成功了|搞定了|正常了|恢复正常了|现在正常了|一切正常|能用了|可以用了|没问题了|沒問題了",
        filler="你的|您的|你们的|您們的|快速|及时|及時|迅速|耐心|帮助|幫助|帮忙|幫忙|回复|回覆|支持|协助|協助|解答|服务|服務|非常|十分|太|很"
        "|真的|完美|太好了|太棒了|很好|棒|不错|现在|現在|已经|已經|再次|都|也|祝好|祝您愉快|祝工作顺利|祝生活愉快|此致|敬礼|此致敬礼|您好|你好"
        "|好的|收到|明白了|了|啦|啊|的|对您的|对你们的|对",
        hello="您好|你好|早上好|下午好|晚上好|大家好",
        spaced=False,
    ),
    "ko": Gratitude(
        thanks="감사합니다|고맙습니다|감사드립니다|감사해요|고마워요|감사|정말 감사합니다|대단히 감사합니다|진심으로 감사합니다|고마워",
        solved="됩니다|이제 됩니다|잘 됩니다|이제 잘 됩니다|해결되었습니다|해결됐습니다|해결됐어요|문제가 해결되었습니다|문제가 해결됐습니다"
        "|문제 해결되었습니다|잘 작동합니다|이제 작동합니다|작동합니다|정상 작동합니다|정상적으로 작동합니다|잘 되네요|되네요|잘되네요",
        filler="도와주셔서|도움 주셔서|도움에|빠른|빠른 답변|답변|답변에|답변 주셔서|신속한|친절한|대응|대응에|정말|너무|매우|대단히|진심으로|덕분에"
        "|다시 한번|다시 한 번|이제|모두|잘|완벽합니다|최고입니다|훌륭합니다|좋습니다|좋네요|수고하세요|수고하셨습니다|수고 많으십니다"
        "|좋은 하루 되세요|좋은 하루 보내세요|좋은 주말 보내세요|알겠습니다|확인했습니다|드림|올림",
        hello="안녕하세요|안녕하십니까",
        spaced=False,
    ),
    "ar": Gratitude(
        thanks="شكرا|شكرا جزيلا|شكرا لك|شكرا لكم|شكرا لكم جميعا|شكرا كثيرا|شكرا مرة أخرى|شكرا مجددا|أشكركم|أشكرك|نشكركم"
        "|جزاك الله خيرا|جزاكم الله خيرا|بارك الله فيكم|الشكر الجزيل|جزيل الشكر|كل الشكر|ألف شكر|ألف ألف شكر|ممتن|ممتنة|ممنون"
        "|مشكور|مشكورين|متشكر|متشكرة|متشكرين|يسلمو|يسلموا|تسلموا|تسلم|تسلم ايدك|تسلم أيديكم|يعطيكم العافية|يعطيك العافية"
        "|الله يعطيكم العافية|وشكرا",
        solved="تم حل المشكلة|تم الحل|حلت المشكلة|انحلت المشكلة|اتحلت المشكلة|المشكلة انحلت|انحلت|اتحلت|يعمل الآن|إنه يعمل"
        "|إنه يعمل الآن|تعمل الآن|كل شيء يعمل|كل شيء يعمل الآن|كله شغال|كل شي شغال|شغال تمام|شغال الحين|شغال دلوقتي|صار شغال"
        "|رجع شغال|كل شيء على ما يرام|كل شيء تمام|كل شي تمام|كله تمام|نجح الأمر|لقد نجح|اشتغل|اشتغلت|زبط|زبطت|تم إصلاحه|تم الإصلاح"
        "|اتصلح|تصلح|عاد للعمل|رجع النت|وصل الطلب|وصلني الطلب|يمكنكم إغلاق التذكرة|أغلقوا التذكرة|اقفلوا التذكرة|سكروا التذكرة",
        filler="على المساعدة|على مساعدتك|على مساعدتكم|لمساعدتكم|لمساعدتك|على الرد|على الرد السريع|على ردكم|على ردكم السريع"
        "|على سرعة الرد|على سرعتكم|على الدعم|على دعمكم|على كل شيء|على كل شي|على التوضيح|على الشرح|على الاهتمام|على اهتمامكم"
        "|على صبركم|على لطفكم|على تعاونكم|على تعبكم|على وقتكم|على الخدمة|على خدمتكم|على جهودكم|على المتابعة|جزيلا|جدا|كثيرا"
        "|كتير|خالص|ممتاز|ممتازة|رائع|رائعة|عظيم|جميل|مثالي|أحسنتم|برافو|سريع|خدمة|خدمة ممتازة|خدمة رائعة|الآن|مرة أخرى|مجددا"
        "|كل شيء|كل شي|جميعا|للجميع|لكل الفريق|للفريق|لفريقكم|فريقكم|من القلب|من كل قلبي|و|يوم سعيد|يوما سعيدا|نهاركم سعيد"
        "|أتمنى لكم يوما سعيدا|طاب يومكم|طاب مساؤكم|عطلة سعيدة|جمعة مباركة|إلى اللقاء|مع السلامة|في أمان الله|بالتوفيق|مع تحياتي"
        "|تحياتي|مع التحية|مع أطيب التحيات|مع خالص التحية|تحية طيبة|والسلام|دمتم بخير|حسنا|تمام|تمام التمام|أوكي|اوك|ماشي|فهمت"
        "|مفهوم|واضح|لكم|لك|إليكم|حقا|فعلا|صراحة|الحمد لله|إن شاء الله|ما شاء الله",
        hello="مرحبا|مرحبتين|هلا|أهلا|أهلا وسهلا|أهلين|السلام عليكم|السلام عليكم ورحمة الله|السلام عليكم ورحمة الله وبركاته"
        "|سلام|صباح الخير|صباح النور|مساء الخير|مساء النور|عزيزي|عزيزتي|تحية طيبة وبعد|يا هلا",
    ),
    "he": Gratitude(
        thanks="תודה|תודה רבה|המון תודה|תודה לך|תודה לכם|רוב תודות|אני מודה לך|אני מודה לכם|תודה ענקית|שוב תודה|תודה שוב"
        "|אלף תודות|בתודה",
        solved="זה עובד|עובד|עכשיו זה עובד|זה עובד עכשיו|הכל עובד|זה עבד|זה הצליח|הבעיה נפתרה|נפתר|זה נפתר|הכל בסדר|הסתדר"
        "|זה הסתדר|זה עזר|טופל|הכל טוב|הכל תקין",
        filler="על העזרה|על עזרתך|על עזרתכם|על המענה|על המענה המהיר|על התשובה|על התשובה המהירה|על התגובה המהירה|על הכל"
        "|על התמיכה|על השירות|על הסבלנות|רבה|מאוד|מעולה|מצוין|מושלם|נהדר|אדיר|יופי|עכשיו|שוב|הכל|ו|יום טוב"
        "|יום נעים|שבוע טוב|סוף שבוע נעים|שבת שלום|גם לך|גם לכם|בברכה|בכבוד רב|אוקיי|הבנתי|קיבלתי|לכולם",
        hello="שלום|היי|בוקר טוב|ערב טוב|צהריים טובים|שלום רב|לכבוד|הי",
    ),
}  # fmt: skip

_NOT_WELL: Final = (
    "error|problem|issue|fault|bug|noise|leak|virus|attack|failure|fehler|problem|stoerung|storung|ausfall|erreur|probleme"
    "|panne|problema|fallo"
)
#: Says that one thing works, folded: an article, one noun that is no trouble, and how it works.
WORKING: Final = re.compile(
    rf"(?:the|my|our) (?!(?:{_NOT_WELL})\b)[^\W\d_]{{3,30}}"
    r" (?:works|is working|runs|is running|are working|work)(?: (?:again|now|fine|perfectly|well|great))+"
    rf"|(?:der|die|das|mein|meine|unser|unsere) (?!(?:{_NOT_WELL})\b)[^\W\d_]{{3,30}}"
    r" (?:funktioniert|funktionieren|lauft|laufen|geht|gehen|klappt)(?: (?:jetzt|wieder|nun|einwandfrei|bestens|prima))+"
    rf"|(?:le|la|les|mon|ma|notre|nos) (?!(?:{_NOT_WELL})\b)[^\W\d_]{{3,30}}"
    r" (?:fonctionne|marche|fonctionnent|marchent)(?: (?:maintenant|a nouveau|de nouveau|bien|parfaitement))+"
    rf"|(?:el|la|los|las|mi|nuestro|nuestra) (?!(?:{_NOT_WELL})\b)[^\W\d_]{{3,30}}"
    r" (?:funciona|funcionan)(?: (?:ahora|ya|de nuevo|otra vez|bien|perfectamente))+"
)
