using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EdgeDcim.Core.Durability;

/// <summary>One SQL statement, prepared once and run often. Parameters are $1, $2 … in the order of the arguments.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand command;
    private readonly SqliteParameter[] parameters;

    public Statement(SqliteConnection connection, string sql)
    {
        command = connection.CreateCommand();
        command.CommandText = sql;
        var count = 0;
        while (sql.Contains($"${(count + 1).ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal))
        {
            count++;
        }

        parameters = new SqliteParameter[count];
        for (var i = 0; i < count; i++)
        {
            parameters[i] = command.Parameters.AddWithValue($"${(i + 1).ToString(CultureInfo.InvariantCulture)}", DBNull.Value);
        }
    }

    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteNonQuery();
    }

    public object? Scalar(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteScalar() is var found and not DBNull ? found : null;
    }

    public SqliteDataReader Query(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return command.ExecuteReader();
    }

    public void Dispose() => command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}
