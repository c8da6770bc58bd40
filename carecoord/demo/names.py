"""Common names of many origins, to be combined by chance, and national frequencies to weigh what is chosen."""

WOMEN = (
    "Adele Alma Amara Anika Beatriz Brigid Camille Carmen Celeste Chiara Dalia Dana Delphine Edith Elena Esme Farah "
    "Fatima Freya Gloria Greta Hana Helen Imani Ines Ingrid Iris Jada Jasmine Joan June Kavita Keiko Kira Lan Leila "
    "Lena Lorna Lucia Mabel Maeve Marisol Mei Mina Nadia Naomi Nora Odette Olga Pilar Priya Renata Rosa Ruth Sadie "
    "Salma Selma Soledad Talia Tamar Thea Una Vera Wanda Yara Yolanda Zahra Zoe"
).split()
MEN = (
    "Abel Adrian Alonzo Amir Andre Anton Arturo Basil Ben Boris Caleb Carlos Cesar Colin Dante Darius Diego Dmitri "
    "Eamon Edgar Elias Emeka Ezra Felix Finn Gabriel Gus Hakim Hector Hugo Ian Idris Ivan Jamal Jarek Javier Joel "
    "Kenji Kofi Lars Leon Lorenzo Luis Malik Marco Mateo Milo Nate Nikolai Omar Orlando Oscar Pablo Quentin Rafael "
    "Ravi Reza Roman Rubén Samir Silas Tariq Theo Tomás Uriel Viktor Walt Wes Xavier Yusuf Zane"
).split()
FAMILIES = (
    "Abbott Acosta Adeyemi Ahmed Alvarado Andersen Arroyo Baker Banks Barros Bauer Becker Bello Benítez Bishop Blake "
    "Boyd Brandt Brooks Byrne Calderón Castillo Chandra Chen Cohen Conway Cruz Dalton Delacroix Delgado Diaz Doyle "
    "Duarte Eaton Eriksen Escobar Farrow Fofana Fischer Flores Foster Gallagher García Gibson Goldberg Greene Gupta "
    "Hale Hansen Harper Hassan Hayes Herrera Hidalgo Hoffman Hughes Ibarra Ibrahim Ito Ivanov Jansen Jensen Jiménez "
    "Kaplan Kaur Keller Khan Kim Kowalski Lambert Larsen Le Lindgren Lopez Lucero Mahoney Marín Marsh Mbeki Medina "
    "Mendez Mercado Meyer Mitchell Montoya Morales Moreau Muñoz Nakamura Navarro Nguyen Novak Núñez O'Brien O'Neill "
    "Okafor Okoye Olsen Ortega Osei Pacheco Park Patel Peña Peralta Petrov Pham Pierce Popov Quinn Quiroga Ramos Reid "
    "Reyes Rivera Robles Romero Rossi Ruiz Saito Salazar Santos Sato Schmidt Sharma Shaw Silva Singh Soto Stein Stone "
    "Sullivan Suárez Tanaka Tate Torres Tran Traoré Tucker Underwood Vance Vargas Vega Vogel Walsh Watts Webb Weiss "
    "Whitaker Wolfe Wong Wu Yang Yilmaz Young Zamora Zhang Ziegler"
).split()
STREETS = (
    "Alder Beech Birch Cedar Chapel Chestnut Clover Elm Fern Garden Grove Hazel Hill Juniper Laurel Linden".split()
)
TOWNS = ["Ashford", "Brookside", "Eastmere", "Fairhaven", "Kings Ferry", "Millbrook", "Northgate", "Oakdale"]

# TEDS-A 2017, admissions to treatment in the United States: facts, as weights.
AGES = {
    (18, 20): 70343, (21, 24): 187021, (25, 29): 361722, (30, 34): 332237, (35, 39): 265550, (40, 44): 177536,
    (45, 49): 177087, (50, 54): 163790, (55, 64): 169938, (65, 78): 24213,
}  # fmt: skip
GENDERS = {"male": 1292464, "female": 711865}
SOURCES = {
    "individual": 826104, "sud-provider": 193424, "health-provider": 117264, "school": 13943, "employer": 7789,
    "community": 229041, "court": 546635,
}  # fmt: skip
SUBSTANCES = {
    "alcohol": 590681, "cocaine": 102482, "cannabis": 250786, "heroin": 533394, "methadone": 3405,
    "other-opioids": 145275, "methamphetamine": 229336, "other-stimulants": 10516, "benzodiazepines": 19683,
}  # fmt: skip
FREQUENCIES = {"none": 502765, "some": 570007, "daily": 801540}
FIRST_USE = {11: 101230, 13: 339612, 16: 473019, 19: 346381, 22: 229769, 27: 168984}
LIVING = {"homeless": 297730, "dependent": 353544, "independent": 1202938}
EMPLOYMENT = {"full-time": 317044, "part-time": 135601, "unemployed": 679716, "not-in-labor-force": 708705}
PRIOR = {0: 624506, 1: 402301, 2: 226711, 3: 138885, 4: 81206, 5: 255974}
SELF_HELP = {"none": 1058432, "1-3": 93094, "4-7": 59774, "8-30": 123813, "some": 80361}
ROUTES = {
    "alcohol": "oral", "cocaine": "smoking", "cannabis": "smoking", "heroin": "injection", "methadone": "oral",
    "other-opioids": "oral", "methamphetamine": "smoking", "other-stimulants": "oral", "benzodiazepines": "oral",
}  # fmt: skip
