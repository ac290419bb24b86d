/// What anybody tries first (S-AUTH-2): a list of our own, in small letters.
enum CommonPasswords {
  /// Words that make no password, however many digits and signs stand around them.
  static let words = Set(
    """
    password passwort passw admin administrator root toor welcome letmein login qwerty qwertz azerty asdfgh zxcvbn
    monkey dragon master football baseball basketball superman batman iloveyou sunshine princess shadow michael
    jennifer jordan hunter trustno freedom whatever starwars pokemon computer internet secret changeme change default
    guest user test testing tester temp temporary server docker container compose kubernetes swarm portainer linux
    debian ubuntu redhat centos windows microsoft google facebook amazon apple samsung cisco oracle database mysql
    postgres postgresql mongodb redis elastic system manager support service backup summer winter spring autumn
    january february march april june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday london berlin paris madrid moscow newyork america germany france england spain
    hello helloworld abcdef abcabc qwer asdf zxcv pass passwd pwd mypassword mypass thepassword newpassword
    oldpassword yourpassword nopassword passphrase security secure private access control network wireless router
    firewall gateway chocolate cookie cheese coffee banana orange purple yellow killer ninja samurai matrix phoenix
    tiger lion eagle falcon wolf charlie thomas robert daniel andrew joshua matthew anthony william george ashley
    amanda jessica nicole michelle elizabeth liverpool arsenal chelsea barcelona realmadrid manchester juventus
    corvette mustang ferrari porsche mercedes harley yamaha love lovely forever angel baby babygirl family friends
    flower butterfly rainbow heaven jesus christ god blessed company office business finance accounting marketing
    sales employee staff intern demo example sample training student school university college welcomeback operator
    developer development production staging deploy deployment devops jenkins gitlab github minecraft fortnite roblox
    nintendo playstation xbox gamer hacker matrixhacker
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  /// Long ones that no rule about words or patterns finds for certain.
  static let long = Set(
    """
    123456789012 1234567890123 12345678901234 123456789123 1234567891011 123123123123 111222333444 112233445566
    147258369147 159357159357 987654321098 098765432109 101010101010 121212121212 123321123321 000000000000
    111111111111 999999999999 password1234 password12345 password123456 passwordpassword password123password
    mypassword123 mypassword1234 yourpassword changemechangeme changeme1234 changeme12345 pleasechangeme
    pleasechangeme1 defaultpassword default1234567 letmeinletmein letmein123456 letmeinplease welcome12345
    welcome123456 welcomewelcome welcometohell administrator administrator1 administrator123 adminadmin12
    adminadmin123 adminadminadmin admin1234567 admin12345678 admin123admin123 adminpassword adminpassword1
    rootpassword rootrootroot toortoortoor root12345678 superpassword supersecret12 supersecret123
    supersecretpassword secretpassword secretsecret secret123456 topsecret123 topsecretpassword masterpassword
    masterkey123 qwertyuiop12 qwertyuiop123 qwertyuiopasdfghjkl qwerty123456 qwerty1234567 qwertyqwerty qwertyuiop[]
    qwertzuiop12 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv zaq12wsxcde3 zaq1zaq1zaq1 q1w2e3r4t5y6
    asdfghjkl123 asdfghjkl1234 asdfasdfasdf asdf1234asdf zxcvbnm12345 zxcvbnmasdfghjkl poiuytrewq12 abcdefghijkl
    abcdefg12345 abcdefgh1234 abcd1234abcd abc123abc123 abc123456789 a1b2c3d4e5f6 aa1234567890 aabbccddeeff
    qazwsxedcrfv qazwsxedc123 iloveyou1234 iloveyou12345 iloveyouforever iloveyousomuch ilovemyself1 iloveyouiloveyou
    trustno1trustno1 trustnoone12 letmeinnow123 opensesame12 opensesame123 sesameopen12 startrek1234 starwars1234
    harrypotter1 harrypotter12 harrypotter123 lordoftherings gameofthrones thelastofus1 breakingbad1 spiderman123
    superman1234 batman123456 ironman12345 pokemon12345 minecraft123 football1234 basketball12 basketball123
    baseball1234 liverpool123 manchesterunited manutd123456 chelseafc123 barcelona123 realmadrid12 realmadrid123
    newyorkcity1 sunshine1234 princess1234 butterfly123 chocolate123 strawberry12 strawberry123 blackberry12
    blueberry123 watermelon12 pineapple123 elizabeth123 alexander123 christopher1 christopher12 christopher123
    jennifer1234 michelle1234 stephanie123 samantha1234 thisismypassword thisisapassword thisispassword
    ihatepasswords ihatepassword iforgotmypassword forgotpassword forgetmenot1 nopasswordhere notapassword1
    notmypassword passwordispassword thepassword123 newpassword1 newpassword12 newpassword123 newpassword1234
    oldpassword123 temppassword1 temppassword12 temppassword123 temporary123 temporary1234 testpassword testpassword1
    testpassword123 testtesttest testing12345 test12345678 testuser1234 guestguest12 guestpassword userpassword
    userpassword1 user12345678 companyname1 company12345 company123456 welcome2company spring202020 summer202020
    winter202020 autumn202020 january12345 february1234 september123 october12345 november1234 december1234
    monday123456 friday123456 internet1234 computer1234 computer12345 samsung12345 samsunggalaxy microsoft123
    windows12345 windowsxp123 google123456 googlegoogle facebook1234 facebook12345 linkedin1234 linkedin12345
    myspace12345 instagram123 youtube12345 dockerdocker docker123456 dockerpassword dockeradmin1 containers12
    kubernetes12 kubernetes123 portainer123 portaineradmin raspberry123 raspberrypi1 raspberrypi123 ubuntuubuntu
    debiandebian linuxlinux12 postgrespassword postgres1234 mysqlpassword databasepassword databaseadmin
    redispassword p@ssw0rd1234 p@ssw0rd12345 p@ssword1234 passw0rd1234 passw0rd12345 pa$$w0rd1234 pa55word1234
    unlockunlock unlockme1234 accessdenied accessgranted masterofpuppets metallica666 slipknot6666 ilovemetal12
    jesuschrist1 jesusislord1 jesuslovesme godisgreat12 godisgood123 blessed12345 hallelujah12 letsgetstarted
    helloworld12 helloworld123 hellohello12 hellokitty12 hellokitty123 goodmorning1 goodmorning123 mydogisfluffy
    mydogsname12 mycatisfat12
    """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
