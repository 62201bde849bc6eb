"""Words that occur in mails about anything, by language, so that sharing them means nothing: folded, of four letters and more."""

from __future__ import annotations

from typing import Final

COMMON_IN: Final[dict[str, str]] = {
    "en": """
    about after again already also always another anything because been before being best both cannot could dear does
    doing done each else even ever every everything from getting give good great have having hello help here hope however
    into issue issues just kind know like long look made make many maybe more most much must need needs never nothing
    once only other please possible problem problems quite rather really regards seem seems shall should since some
    something still such support sure team thank thanks that their them then there these they thing things this those
    through time today tried trying under until upon using very want wanted week well were what when where which while
    will wish with within without working works would write your yours yesterday morning
    """,
    "de": """
    aber alle allem allen aller alles also andere anderen auch bitte danke dann dass dein deine denn diese diesem diesen
    dieser dieses doch durch eine einem einen einer eines etwas freundlichen gerne gibt ganz grussen habe haben hallo hat
    hatte heute hilfe ich ihnen ihre ihrem ihren ihrer immer jetzt kann kein keine keinen konnen konnte liebe leider mehr
    mein meine meinem meinen meiner mich mochte muss nach nicht nichts noch nur oder ohne problem schon sehr sein seine
    seit sich sind sollte uber und uns unser unsere unserer viele vielen vielleicht vom von vor ware warum wegen weil
    welche wenn werden wieder wird wurde wurden zwischen damen herren geehrte guten gestern morgen support
    """,
    "fr": """
    alors apres aussi avec avoir avons beaucoup bien bonjour bonsoir cela celle cette ceux chez comme cordialement dans
    depuis deux donc elle encore etait etes etre faire fait faut leur mais meme merci mois moins mon nous notre nos pas
    pendant peut plus pour pourquoi pouvez probleme quand quel quelle question sans sera ses sont sous suis sur toujours
    tous tout toute tres trop une vos votre vous voudrais aujourd hier matin madame monsieur aide
    """,
    "es": """
    ahora algo ante antes aqui buenas buenos cada como con contra cual cuando desde dias donde ella ellos entre era eres
    esta estan estar estas este esto estoy favor fue gracias hace hasta hola hoy mas mucho muchas muy nada necesito nos
    nosotros nuestra nuestro otra otro para pero poder por porque problema puede puedo pues que quiero ser sido sin sobre
    solo son soy tambien tanto tengo tiene todo todos una uno usted ustedes saludos ayuda manana ayer
    """,
    "pt": """
    ainda agora ajuda alguma antes aqui assim bom com dia ela ele eles entao era essa esse esta estao estou eu foi fazer
    gostaria hoje isso isto ja mais mas meu minha muito nao nas nem nosso nossa obrigado obrigada ola ontem para pelo pela
    pode podem por porque preciso problema qual quando quero sem ser seu sua sobre tambem tem tenho toda todo tudo uma voce
    voces abraco atenciosamente
    """,
    "it": """
    abbiamo anche ancora aiuto alla alle allo altro buongiorno che come con cosa cosi dalla dalle degli della delle dello
    dopo dove essere fare fatto grazie hanno molto nella nelle nessun niente non nostro nostra oggi ogni per perche piu
    posso possibile prima problema quale quando quello questa questo quindi salve sempre senza sono sono stato stata sulla
    tutto tutti vorrei vostra vostro ieri saluti cordiali
    """,
    "nl": """
    alle alles alstublieft bedankt been beste daar dank deze dit door echt een eens even geen goed graag groet groeten
    haar had hallo heb hebben heeft heel help hier hoe hulp iets ieder jullie kan keer kunnen laten maar meer met mijn
    moet naar niet niets nodig nog omdat onder onze ook over probleem sinds toch twee uit van vandaag veel voor vraag
    waar waarom want wanneer wat welke wel wij wil willen worden wordt zeer zich zijn zonder zou gisteren vriendelijke
    """,
    "pl": """
    aby albo ale bardzo bedzie bede bez blad brak byc byla bylo bylem bylam byly chce chcial chciala chcialbym chcialabym
    ciagle coraz cos czesc czego czemu czyli dalej dlaczego dlatego dobry dobrze dosc dzieki dziekuje dziekujemy dzien dzis
    dzisiaj gdzie jakie jaki jaka jako jeden jedna jednak jego jeszcze jest jestem jestesmy jesli juz kazdy kiedy kilka ktora
    ktore ktory ktos lecz lub maja mamy mial mialam mialem moga moge moje moj moja mozemy mozna moze musze nadal nasz nasza
    nasze nam nami nich niego niestety nigdy nikt nowy oraz pan pani panstwa panstwo pisze poniewaz pomoc poprosze pozdrawiam
    powazaniem prosze prosimy problem przed przez przy roku rowniez sprawie swoje tego tej temu teraz tez tylko tym wczoraj
    wiadomosc wiec wszystko wszystkie wtedy zawsze zeby zostal zostala zrobic jutro rano wieczorem ponownie cokolwiek
    """,
    "sv": """
    aldrig alla allt andra annan annat att bara behover blev bli blir borde bort bra dag dagar dara deras dessa dessutom dina
    ditt efter eftersom eller endast fick fler flera fore forut forsta fortfarande fran fraga fragor ganska genast genom gick
    gjort goda god gang ganger gor gora hade hallo halsning halsningar handa hann hans har hela heller hej hjalp hjalpa hoppas
    hon hur ibland igen ingen inget inte innan idag igar imorgon inom kanske knappast kommer kunde kunna lagga lang lange
    maste mats med medan mellan mera mest mina mitt morgon mycket nagon nagot nagra naturligtvis nar nasta nej nog nya nytt
    och ocksa om oss problem saker sedan senast sig sina sista ska skulle snalla snart som tack tackar till tills tva under
    utan vad vanliga vanligen vara varit varfor varje vara vart vidare vilka vilken vilket vill ville
    """,
    "ar": """
    الان التي الذي الذين السلام عليكم اللي انتم انها انهم اود اريد اريدها ارجو ارجوكم اليكم اليوم امبارح البارحه ايضا
    اين بالفعل بخصوص بدون بسبب بشكل بعدها بعض بعيد تحياتي تحيه تقريبا تماما جدا جميع جميعا حالي حاليا حتي حضرتك حيث خلال
    دائما دلوقتي رجاء سابقا سيدي سيدتي شكرا شيء صباح الخير مساء صديقي ضروري طبعا طيبه عايز عايزه عاوز عزيزي عزيزتي عند
    عندكم عندنا عندي عندما علشان عليه عليها فقط فضلك فضلكم فيها فيه قبل كان كانت كثير كثيرا كتير كذلك كلها كيف لانه لاني
    لدي لدينا لديكم لذلك لكم لكن لكنه لكني للاسف لماذا ليس ليست ليش ماذا متي مثلا مثل مجددا مجرد مرحبا مره مساعده مساعدتكم
    مشكله المشكله معكم معنا مكتوب ممكن منذ منكم منها موضوع الموضوع نحن نريد نود هذا هذه هذي هناك هنا هكذا هلق والله ولكن
    وشكرا والسلام وبعد وجود يجب يرجي يكون يمكن يوجد يوم الحين برضه بالنسبه الرجاء استفسار افضل الرد ردكم انتظار بانتظار
    """,
}
# Japanese has no spaces, so its words are compared by their letters.

COMMON: Final = frozenset(word for words in COMMON_IN.values() for word in words.split())
