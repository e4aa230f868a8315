using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Project__.Configuration;

public sealed class Settings__
{
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    [JsonPropertyName("retries")]
    public int Retries { get; init; } = 3;

    [JsonPropertyName("timeout")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    [JsonPropertyName("endpoints")]
    public Dictionary<string, Uri> Endpoints { get; init; } = [];

    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name))
            yield return "name is empty";
        if (Retries is < 0 or > 10)
            yield return $"retries is {Retries}, which is not between 0 and 10";
        if (Timeout <= TimeSpan.Zero)
            yield return "timeout is not positive";
        foreach ((string key, Uri uri) in Endpoints)
        {
            if (!uri.IsAbsoluteUri || uri.Scheme is not ("http" or "https"))
                yield return $"endpoint {key} is '{uri}'";
        }
    }
}

public sealed class SettingsReader__(Func<string, string?> environment)
{
    private static readonly JsonSerializerOptions Options = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public async Task<Settings__> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        await using FileStream file = File.OpenRead(path);
        Settings__ settings = await JsonSerializer.DeserializeAsync<Settings__>(file, Options, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidDataException($"{path} is empty.");
        string[] problems = [.. settings.Problems()];
        return problems.Length == 0 ? settings : throw new InvalidDataException($"{path}: {string.Join("; ", problems)}");
    }

    public string Expand(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length || text[i + 1] != '{')
            {
                result.Append(text[i]);
                continue;
            }

            int end = text.IndexOf('}', i);
            if (end < 0)
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"The brace at {i} is not closed."));
            result.Append(environment(text[(i + 2)..end]) ?? throw new KeyNotFoundException(text[(i + 2)..end]));
            i = end;
        }

        return result.ToString();
    }
}
