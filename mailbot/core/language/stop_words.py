"""Words that occur in mails about anything, so that sharing them means nothing: folded, of four letters and more."""

from __future__ import annotations

COMMON = frozenset(
    """
    about after again already also always another anything because been before being best both cannot could dear does
    doing done each else even ever every everything from getting give good great have having hello help here hope however
    into issue issues just kind know like long look made make many maybe more most much must need needs never nothing
    once only other please possible problem problems quite rather really regards seem seems shall should since some
    something still such support sure team thank thanks that their them then there these they thing things this those
    through time today tried trying under until upon using very want wanted week well were what when where which while
    will wish with within without working works would write your yours yesterday morning

    aber alle allem allen aller alles also andere anderen auch bitte danke dann dass dein deine denn diese diesem diesen
    dieser dieses doch durch eine einem einen einer eines etwas freundlichen gerne gibt ganz grussen habe haben hallo hat
    hatte heute hilfe ich ihnen ihre ihrem ihren ihrer immer jetzt kann kein keine keinen konnen konnte liebe leider mehr
    mein meine meinem meinen meiner mich mochte muss nach nicht nichts noch nur oder ohne problem schon sehr sein seine
    seit sich sind sollte uber und uns unser unsere unserer viele vielen vielleicht vom von vor ware warum wegen weil
    welche wenn werden wieder wird wurde wurden zwischen damen herren geehrte guten gestern morgen support

    alors apres aussi avec avoir avons beaucoup bien bonjour bonsoir cela celle cette ceux chez comme cordialement dans
    depuis deux donc elle encore etait etes etre faire fait faut leur mais meme merci mois moins mon nous notre nos pas
    pendant peut plus pour pourquoi pouvez probleme quand quel quelle question sans sera ses sont sous suis sur toujours
    tous tout toute tres trop une vos votre vous voudrais aujourd hier matin madame monsieur aide

    ahora algo ante antes aqui buenas buenos cada como con contra cual cuando desde dias donde ella ellos entre era eres
    esta estan estar estas este esto estoy favor fue gracias hace hasta hola hoy mas mucho muchas muy nada necesito nos
    nosotros nuestra nuestro otra otro para pero poder por porque problema puede puedo pues que quiero ser sido sin sobre
    solo son soy tambien tanto tengo tiene todo todos una uno usted ustedes saludos ayuda manana ayer

    ainda agora ajuda alguma antes aqui assim bom com dia ela ele eles entao era essa esse esta estao estou eu foi fazer
    gostaria hoje isso isto ja mais mas meu minha muito nao nas nem nosso nossa obrigado obrigada ola ontem para pelo pela
    pode podem por porque preciso problema qual quando quero sem ser seu sua sobre tambem tem tenho toda todo tudo uma voce
    voces abraco atenciosamente

    abbiamo anche ancora aiuto alla alle allo altro buongiorno che come con cosa cosi dalla dalle degli della delle dello
    dopo dove essere fare fatto grazie hanno molto nella nelle nessun niente non nostro nostra oggi ogni per perche piu
    posso possibile prima problema quale quando quello questa questo quindi salve sempre senza sono sono stato stata sulla
    tutto tutti vorrei vostra vostro ieri saluti cordiali

    alle alles alstublieft bedankt been beste daar dank deze dit door echt een eens even geen goed graag groet groeten
    haar had hallo heb hebben heeft heel help hier hoe hulp iets ieder jullie kan keer kunnen laten maar meer met mijn
    moet naar niet niets nodig nog omdat onder onze ook over probleem sinds toch twee uit van vandaag veel voor vraag
    waar waarom want wanneer wat welke wel wij wil willen worden wordt zeer zich zijn zonder zou gisteren vriendelijke
    """.split()  # noqa: SIM905 - hundreds of words read better as text
)
