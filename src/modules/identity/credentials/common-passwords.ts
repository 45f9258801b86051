// The passwords that guessers try first, eight characters and more (shorter ones are refused anyway), in lower case:
// the heads of published breach lists, and what people type in French and in West Africa.

const LIST = `
12345678 123456789 1234567890 123456789a 123456789q 1234567891 12345678910 123123123 1231231234 11223344 1122334455 112233445566 11112222 12341234
12344321 1234554321 123454321 123321123 147258369 159357159 159753159 159753456 135792468 246813579 741852963 789456123 987654321 9876543210 87654321
0123456789 012345678 01234567 00112233 10203040 1029384756 19871987 19891989 19901990 20002000 20202020 20242024 20252025 99998888 12121212 13131313
21212121 23232323 31415926 314159265 69696969 78787878 88889999 123qweasd 123qwe123 123abc123 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc
1qazxsw2 q1w2e3r4 q1w2e3r4t5 qazwsxedc qazwsx123 zaq12wsx zaq1zaq1 qwer1234 qwert123 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyui
qwertyuiop qwertzuiop asdfghjk asdfghjkl asdf1234 asdfasdf zxcvbnm1 zxcvbnm123 azerty12 azerty123 azerty1234 azerty12345 azertyui azertyuiop azertyuiop123
qsdfghjk qsdfghjklm wxcvbn123 1a2z3e4r 1a2z3e4r5t a1z2e3r4 a1z2e3r4t5 abcd1234 abcd12345 abcdefgh abcdefghi abcdefghij abc12345 abc123456 abc123abc
aa123456 aa12345678 aabbccdd a1b2c3d4 a1b2c3d4e5 a12345678 a123456789 q12345678 password password1 password12 password123 password1234 password! password1!
password123! passw0rd p@ssw0rd p@ssword p@ssw0rd1 p@ssword1 pa$$w0rd pass1234 pass12345 passwort passwords mypassword newpassword changeme changeme1
changeme123 letmein1 letmein123 welcome1 welcome12 welcome123 iloveyou iloveyou1 iloveyou2 iloveyou123 jetaime1 jetaime123 jetaimefort monamour monamour1
moncoeur motdepasse motdepasse1 motdepasse12 motdepasse123 monmotdepasse bonjour1 bonjour12 bonjour123 bienvenue bienvenue1 bienvenue123 soleil123 doudou123
loulou123 chouchou chouchou1 chocolat chocolat1 princesse princesse1 princess princess1 marseille marseille1 marseille13 nicolas1 camille1 caroline christine
isabelle stephanie dominique superman superman1 superstar batman123 spiderman starwars starwars1 football football1 basketball baseball barcelona barcelone
realmadrid realmadrid1 ronaldo7 cristiano cristiano7 messi10messi liverpool liverpool1 chelsea1 arsenal1 juventus manchester psg12345 champion champions
dragonball naruto123 pokemon1 pokemon123 sunshine sunshine1 michelle jennifer jonathan computer internet samsung1 samsung123 whatsapp facebook facebook1
instagram google123 admin123 admin1234 admin12345 admin123456 adminadmin administrator administrateur root1234 rootroot test1234 test12345 testtest
testing123 user1234 useruser guest123 demo1234 default1 secret123 secretsecret master123 trustno1 whatever whatever1 blink182 babygirl babygirl1 butterfly
christian christian1 jesus123 jesuschrist jesusislord jesusistheway dieuestgrand dieumerci dieuestbon dieumonroi merciseigneur seigneur1 alhamdulillah
bismillah bismillah1 allahakbar mamanpapa mamanjetaime papamaman maman123 famille1 famille123 cotonou1 cotonou123 cotonou229 benin229 benin123 lome1234
togo2280 abidjan1 abidjan123 abidjan225 coteivoire cotedivoire ivoirien1 senegal1 senegal221 dakar221 dakar1234 ouagadougou bamako223 cameroun cameroun1
cameroun237 africa123 afrique1 afrique123 guichet1 guichet123
`

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(LIST.trim().split(/\s+/))
