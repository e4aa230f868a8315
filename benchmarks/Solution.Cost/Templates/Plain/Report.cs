using System.Globalization;
using System.Text;

namespace Project__.Reports;

public sealed record Sale__(string Region, string Product, DateOnly Day, int Quantity, decimal Amount);

public sealed class Report__
{
    private readonly Dictionary<string, List<Sale__>> _byRegion = new(StringComparer.OrdinalIgnoreCase);

    public void Add(IEnumerable<Sale__> sales)
    {
        foreach (Sale__ sale in sales)
        {
            if (!_byRegion.TryGetValue(sale.Region, out List<Sale__>? list))
                _byRegion.Add(sale.Region, list = []);
            list.Add(sale);
        }
    }

    public IEnumerable<(string Region, decimal Amount, decimal Share)> Shares()
    {
        decimal all = _byRegion.Values.SelectMany(sales => sales).Sum(sale => sale.Amount);
        return from region in _byRegion
               let amount = region.Value.Sum(sale => sale.Amount)
               orderby amount descending
               select (region.Key, amount, all == 0 ? 0 : amount / all);
    }

    public IReadOnlyDictionary<int, decimal> ByMonth(string region) =>
        _byRegion.GetValueOrDefault(region, [])
            .GroupBy(sale => sale.Day.Year * 100 + sale.Day.Month)
            .ToDictionary(month => month.Key, month => month.Sum(sale => sale.Amount));

    public string Table(CultureInfo culture)
    {
        var text = new StringBuilder();
        text.AppendLine("region              amount    share");
        foreach ((string region, decimal amount, decimal share) in Shares())
        {
            text.Append(region.PadRight(16));
            text.Append(amount.ToString("n2", culture).PadLeft(10));
            text.AppendLine(share.ToString("p1", culture).PadLeft(9));
        }

        int best = 0;
        string? name = null;
        foreach (var product in _byRegion.Values.SelectMany(sales => sales).GroupBy(sale => sale.Product))
        {
            int count = 0;
            foreach (Sale__ sale in product)
                count += sale.Quantity;
            if (count > best)
            {
                best = count;
                name = product.Key;
            }
        }

        if (name is not null)
            text.AppendLine(culture, $"most sold: {name} ({best})");
        return text.ToString();
    }
}
